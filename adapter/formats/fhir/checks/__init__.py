"""The validators of FHIR documents (design.md section 8): schema, rules, profiles, models."""
