"""What every part of a case is: frozen, closed to unknown fields, dumped as it was stated."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict

Json = dict[str, Any]


def _publish(schema: Json) -> None:
    """Null always means left out, so the published schema takes it wherever a field may be left out."""
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        named = field.get("patternProperties", {})
        named |= {pattern: {"anyOf": [one, {"type": "null"}]} for pattern, one in named.items()}
        if name in required or any(one == {"type": "null"} for one in field.get("anyOf", ())):
            continue
        notes = {key: field.pop(key) for key in ("title", "description", "default") if key in field}
        schema["properties"][name] = {"anyOf": [field, {"type": "null"}], **notes}


class Stated(BaseModel):
    """A part of a case as it was stated; equality is over the fields, whatever the adapter worked out since."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra=_publish, validate_by_alias=True, validate_by_name=False
    )

    def to_json(self) -> Json:
        """The fields that were stated, in the order of the model, with their own text and digits."""
        stated = self.__pydantic_fields_set__
        return {
            name.rstrip("_"): value if type(value) is str else as_json(value)
            for name, value in self.__dict__.items()
            if value is not None and name in stated
        }

    def twin(self, fields: Json, private: Json | None = None) -> Self:
        """A part with these fields, taken as they are: pydantic's own copy does the same at five times the cost."""
        made = type(self).__new__(type(self))
        put = object.__setattr__
        put(made, "__dict__", fields)
        put(made, "__pydantic_fields_set__", self.__pydantic_fields_set__)
        put(made, "__pydantic_extra__", None)
        put(made, "__pydantic_private__", private)
        return made

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__


def as_json(value: Any) -> Any:
    """A field's value as JSON: parts and quantities as they were stated, tuples as lists, copies of what can change."""
    if isinstance(value, tuple | list):
        return [as_json(one) for one in value]
    if isinstance(value, dict):
        return {key: as_json(one) for key, one in value.items()}
    return value.to_json() if hasattr(value, "to_json") else value
