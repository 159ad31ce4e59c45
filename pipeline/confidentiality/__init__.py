"""Who must not be found out, and how: known names, patterns, suspects, and the guard.

`redact` is the function for whoever wants a text without them; docs/redaction.md says what it does and what it cannot.
"""

from pipeline.confidentiality.redacting import redact

__all__ = ["redact"]
