extension Policy {
    /// The JSON Schema (draft 2020-12) of policy files, for editors. What depends on more than one place of a file only
    /// reading it finds out: names of handlers, rules that can never apply, tenants with nothing of their own.
    public static let schema = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "triage policy",
          "description": "Who handles which label, when the model decides, and what happens where it does not.",
          "$ref": "#/$defs/policy",
          "$defs": {
            "policy": {
              "type": "object",
              "additionalProperties": false,
              "required": ["version", "currency", "baseline", "handlers", "labels", "fallback"],
              "properties": {
                "version": { "const": 1, "description": "The version of this format." },
                "currency": {
                  "type": "string",
                  "pattern": "^[A-Z]{3}$",
                  "description": "The currency of all prices, three capital letters such as USD."
                },
                "baseline": {
                  "$ref": "#/$defs/name",
                  "description": "The handler of every query if there were no router; savings are counted against it."
                },
                "handlers": {
                  "$ref": "#/$defs/handlers",
                  "additionalProperties": { "required": ["route", "price", "latency_ms"] }
                },
                "labels": {
                  "$ref": "#/$defs/labels",
                  "additionalProperties": { "if": { "type": "object" }, "then": { "required": ["to"] } }
                },
                "thresholds": { "$ref": "#/$defs/thresholds" },
                "fallback": {
                  "$ref": "#/$defs/fallback",
                  "if": { "type": "object" },
                  "then": { "required": ["ambiguous", "out_of_scope", "unavailable", "too_long"] }
                },
                "limits": { "$ref": "#/$defs/limits" },
                "rules": { "$ref": "#/$defs/rules" },
                "tenants": {
                  "type": "object",
                  "minProperties": 1,
                  "description": "By tenant, what differs from the terms of everyone, member by member.",
                  "maxProperties": 10000,
                  "propertyNames": { "$ref": "#/$defs/name" },
                  "additionalProperties": { "$ref": "#/$defs/tenant" }
                }
              }
            },
            "tenant": {
              "type": "object",
              "description": "What differs for one tenant. Its rules come before those of everyone.",
              "additionalProperties": false,
              "minProperties": 1,
              "properties": {
                "handlers": { "$ref": "#/$defs/handlers" },
                "labels": { "$ref": "#/$defs/labels" },
                "thresholds": { "$ref": "#/$defs/thresholds" },
                "fallback": { "$ref": "#/$defs/fallback" },
                "limits": { "$ref": "#/$defs/limits" },
                "rules": { "$ref": "#/$defs/rules" }
              }
            },
            "handlers": {
              "type": "object",
              "minProperties": 1,
              "description": "By name, who can handle a query. Each needs route, price and latency_ms; a tenant gives those it changes of a handler of everyone.",
              "maxProperties": 1000,
              "propertyNames": { "$ref": "#/$defs/name" },
              "additionalProperties": { "$ref": "#/$defs/handler" }
            },
            "handler": {
              "type": "object",
              "minProperties": 1,
              "additionalProperties": false,
              "properties": {
                "route": {
                  "enum": ["script", "remote", "human"],
                  "description": "What it is: a deterministic script, a large remote model, or a person. A tenant cannot change it."
                },
                "price": {
                  "type": "number",
                  "minimum": 0,
                  "maximum": 1000000000,
                  "description": "What one query costs, in the currency of the policy."
                },
                "latency_ms": {
                  "type": "number",
                  "minimum": 0,
                  "maximum": 1000000000000,
                  "description": "How long an answer takes, in milliseconds."
                }
              }
            },
            "labels": {
              "type": "object",
              "minProperties": 1,
              "description": "For every label of the model who handles it: the name of a handler, or a mapping.",
              "propertyNames": { "$ref": "#/$defs/name" },
              "additionalProperties": {
                "anyOf": [{ "$ref": "#/$defs/name" }, { "$ref": "#/$defs/label" }]
              }
            },
            "label": {
              "type": "object",
              "additionalProperties": false,
              "minProperties": 1,
              "properties": {
                "to": { "$ref": "#/$defs/name", "description": "The handler." },
                "threshold": {
                  "$ref": "#/$defs/share",
                  "description": "The least confidence with which this label is decided; where missing, that of all labels."
                }
              }
            },
            "thresholds": {
              "type": "object",
              "description": "When the model decides; what is missing is as the model's own settings say.",
              "additionalProperties": false,
              "properties": {
                "confidence": { "$ref": "#/$defs/share", "description": "The least confidence." },
                "margin": {
                  "$ref": "#/$defs/share",
                  "description": "The least lead of the likeliest label over the next."
                },
                "out_of_scope": {
                  "$ref": "#/$defs/share",
                  "description": "The most that a text may be unlike anything in training."
                }
              }
            },
            "fallback": {
              "description": "Who handles what is not decided: one handler for all reasons, or one for each. Never a script.",
              "anyOf": [{ "$ref": "#/$defs/name" }, { "$ref": "#/$defs/fallbacks" }]
            },
            "fallbacks": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "ambiguous": {
                  "description": "Where two labels are too close: a handler, or several, of which the first counts whose route is that of one of the two labels, else the last.",
                  "anyOf": [
                    { "$ref": "#/$defs/name" },
                    { "type": "array", "minItems": 1, "maxItems": 1000, "items": { "$ref": "#/$defs/name" } }
                  ]
                },
                "out_of_scope": {
                  "$ref": "#/$defs/name",
                  "description": "Where the text is unlike anything in training."
                },
                "unavailable": {
                  "$ref": "#/$defs/name",
                  "description": "Where the model cannot answer, or not in time."
                },
                "too_long": { "$ref": "#/$defs/name", "description": "Where the text is longer than `limits` allow." }
              }
            },
            "limits": {
              "type": "object",
              "description": "How long a text may be.",
              "additionalProperties": false,
              "properties": {
                "bytes": {
                  "type": "integer",
                  "minimum": 1,
                  "maximum": 1048576,
                  "default": 65536,
                  "description": "The most UTF-8 bytes."
                },
                "tokens": {
                  "type": "integer",
                  "minimum": 1,
                  "maximum": 1000000,
                  "description": "The most tokens, special ones included; where missing, as many as the model reads."
                }
              }
            },
            "rules": {
              "type": "array",
              "description": "Decide before the model, in order: the first counts of whose conditions all hold.",
              "maxItems": 10000,
              "items": { "$ref": "#/$defs/rule" }
            },
            "rule": {
              "type": "object",
              "description": "At most one of exact, prefix and pattern, and at least one condition. Texts are compared without regard to the case of A to Z and to the amount of white space.",
              "additionalProperties": false,
              "required": ["name", "to"],
              "minProperties": 3,
              "properties": {
                "name": {
                  "$ref": "#/$defs/name",
                  "description": "What decisions and explanations name; no other rule may have it."
                },
                "exact": { "$ref": "#/$defs/texts", "description": "The whole text is one of these." },
                "prefix": { "$ref": "#/$defs/texts", "description": "The text begins with one of these." },
                "pattern": {
                  "$ref": "#/$defs/text",
                  "description": "A regular expression that matches somewhere in the text, without back references and look-around."
                },
                "tokens": { "$ref": "#/$defs/tokens" },
                "metadata": {
                  "type": "object",
                  "description": "By key, the values that the query's metadata may have.",
                  "minProperties": 1,
                  "maxProperties": 32,
                  "propertyNames": { "$ref": "#/$defs/name" },
                  "additionalProperties": { "$ref": "#/$defs/texts" }
                },
                "to": { "$ref": "#/$defs/name", "description": "The handler." }
              },
              "allOf": [
                { "not": { "required": ["exact", "prefix"] } },
                { "not": { "required": ["exact", "pattern"] } },
                { "not": { "required": ["prefix", "pattern"] } }
              ]
            },
            "tokens": {
              "type": "object",
              "description": "How many tokens the text has, special ones included.",
              "additionalProperties": false,
              "minProperties": 1,
              "properties": {
                "at_least": { "type": "integer", "minimum": 1, "maximum": 1000000, "description": "The fewest." },
                "at_most": { "type": "integer", "minimum": 1, "maximum": 1000000, "description": "The most." }
              }
            },
            "name": {
              "description": "1 to 127 bytes of UTF-8, without control characters and without white space at either end.",
              "type": ["string", "number", "boolean"],
              "pattern": "^\\S(.*\\S)?$",
              "maxLength": 127
            },
            "share": { "type": "number", "minimum": 0, "maximum": 1 },
            "text": {
              "description": "A text as it is written, also where YAML would read it as a number.",
              "type": ["string", "number", "boolean"]
            },
            "texts": {
              "anyOf": [
                { "$ref": "#/$defs/text" },
                { "type": "array", "minItems": 1, "maxItems": 1000, "items": { "$ref": "#/$defs/text" } }
              ]
            }
          }
        }

        """#
}
