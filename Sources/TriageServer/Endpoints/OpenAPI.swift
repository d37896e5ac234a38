/// What the server can be asked, as OpenAPI 3.1 describes it: `/openapi.json`.
enum OpenAPI {
    static let document = #"""
        {
          "openapi": "3.1.0",
          "info": {
            "title": "triage",
            "version": "1",
            "summary": "Who handles a query: a script, a large remote model, or a person",
            "description": "Every answer to a request whose head could be read carries x-request-id. A member of a request that is null counts as left out. Requests and answers are JSON in UTF-8; unknown and repeated members are errors.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}
          },
          "servers": [{"url": "/"}],
          "security": [{}, {"bearer": []}, {"apiKey": []}],
          "tags": [
            {"name": "decisions", "description": "What the router decides"},
            {"name": "model", "description": "What the model says, in the shapes of others"},
            {"name": "state", "description": "How the server is"}
          ],
          "paths": {
            "/v1/triage": {
              "post": {
                "operationId": "triage",
                "tags": ["decisions"],
                "summary": "Decide who handles one text, or many",
                "parameters": [
                  {"$ref": "#/components/parameters/deadline"},
                  {"$ref": "#/components/parameters/requestID"},
                  {"$ref": "#/components/parameters/traceparent"},
                  {"$ref": "#/components/parameters/tracestate"}
                ],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/TriageRequest"}}}
                },
                "responses": {
                  "200": {
                    "description": "A decision on each text, in order",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/TriageAnswer"}}},
                    "headers": {
                      "x-request-id": {"$ref": "#/components/headers/x-request-id"},
                      "x-triage-model": {"$ref": "#/components/headers/x-triage-model"},
                      "x-triage-policy": {"$ref": "#/components/headers/x-triage-policy"},
                      "x-triage-generation": {"$ref": "#/components/headers/x-triage-generation"},
                      "server-timing": {"$ref": "#/components/headers/server-timing"}
                    }
                  },
                  "400": {
                    "description": "Not the JSON that is expected; the message says where",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "401": {
                    "description": "No API key, or an unknown one",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "403": {
                    "description": "The key belongs to another tenant",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "408": {"$ref": "#/components/responses/Timeout"},
                  "413": {
                    "description": "Too large a body, or too many texts",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "415": {
                    "description": "The content type is not JSON, or the body is packed",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "429": {
                    "description": "Too many texts wait, or the key's rate is used up",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
                    "headers": {
                      "x-request-id": {"$ref": "#/components/headers/x-request-id"},
                      "retry-after": {"$ref": "#/components/headers/retry-after"}
                    }
                  },
                  "431": {"$ref": "#/components/responses/FieldsTooLarge"},
                  "501": {"$ref": "#/components/responses/NotImplemented"},
                  "503": {
                    "description": "No text has a decision or a fallback, or the server is about to end",
                    "content": {
                      "application/json": {
                        "schema": {
                          "anyOf": [{"$ref": "#/components/schemas/TriageAnswer"}, {"$ref": "#/components/schemas/Error"}]
                        }
                      }
                    },
                    "headers": {
                      "x-request-id": {"$ref": "#/components/headers/x-request-id"},
                      "retry-after": {"$ref": "#/components/headers/retry-after"}
                    }
                  }
                }
              }
            },
            "/predict": {
              "post": {
                "operationId": "predict",
                "tags": ["model"],
                "summary": "Scores of all labels, as text-embeddings-inference gives them",
                "parameters": [
                  {"$ref": "#/components/parameters/deadline"},
                  {"$ref": "#/components/parameters/requestID"},
                  {"$ref": "#/components/parameters/traceparent"},
                  {"$ref": "#/components/parameters/tracestate"}
                ],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PredictRequest"}}}
                },
                "responses": {
                  "200": {
                    "description": "Scores, best first; for a batch a list of them",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PredictAnswer"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "400": {
                    "description": "An input holds nothing to read",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/InferenceError"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "401": {
                    "description": "No API key, or an unknown one",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/InferenceError"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "408": {"$ref": "#/components/responses/Timeout"},
                  "413": {
                    "description": "Too large a body, too many texts, or too long a text",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/InferenceError"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "415": {
                    "description": "The content type is not JSON, or the body is packed",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/InferenceError"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "422": {
                    "description": "Not the JSON that is expected",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/InferenceError"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "424": {
                    "description": "The model failed",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/InferenceError"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "429": {
                    "description": "Too many texts wait, or the key's rate is used up",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/InferenceError"}}},
                    "headers": {
                      "x-request-id": {"$ref": "#/components/headers/x-request-id"},
                      "retry-after": {"$ref": "#/components/headers/retry-after"}
                    }
                  },
                  "431": {"$ref": "#/components/responses/FieldsTooLarge"},
                  "501": {"$ref": "#/components/responses/NotImplemented"},
                  "503": {
                    "description": "The server is about to end",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/InferenceError"}}},
                    "headers": {
                      "x-request-id": {"$ref": "#/components/headers/x-request-id"},
                      "retry-after": {"$ref": "#/components/headers/retry-after"}
                    }
                  }
                }
              }
            },
            "/v1/embeddings": {
              "post": {
                "operationId": "embeddings",
                "tags": ["model"],
                "summary": "Vectors of texts, as OpenAI gives them",
                "parameters": [
                  {"$ref": "#/components/parameters/deadline"},
                  {"$ref": "#/components/parameters/requestID"},
                  {"$ref": "#/components/parameters/traceparent"},
                  {"$ref": "#/components/parameters/tracestate"}
                ],
                "requestBody": {
                  "required": true,
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/EmbeddingsRequest"}}}
                },
                "responses": {
                  "200": {
                    "description": "A vector for each text, in order",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/EmbeddingsAnswer"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "400": {
                    "description": "Not the JSON that is expected, or a text that is too long or empty",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OpenAIError"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "401": {
                    "description": "No API key, or an unknown one",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OpenAIError"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "404": {
                    "description": "There is no such model",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OpenAIError"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "408": {"$ref": "#/components/responses/Timeout"},
                  "413": {
                    "description": "Too large a body, or too many texts",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OpenAIError"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "415": {
                    "description": "The content type is not JSON, or the body is packed",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OpenAIError"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "424": {
                    "description": "The model failed",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OpenAIError"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "429": {
                    "description": "Too many texts wait, or the key's rate is used up",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OpenAIError"}}},
                    "headers": {
                      "x-request-id": {"$ref": "#/components/headers/x-request-id"},
                      "retry-after": {"$ref": "#/components/headers/retry-after"}
                    }
                  },
                  "431": {"$ref": "#/components/responses/FieldsTooLarge"},
                  "501": {"$ref": "#/components/responses/NotImplemented"},
                  "503": {
                    "description": "The server is about to end",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OpenAIError"}}},
                    "headers": {
                      "x-request-id": {"$ref": "#/components/headers/x-request-id"},
                      "retry-after": {"$ref": "#/components/headers/retry-after"}
                    }
                  }
                }
              }
            },
            "/v1/models": {
              "get": {
                "operationId": "models",
                "tags": ["model"],
                "summary": "The model, as OpenAI lists it",
                "responses": {
                  "200": {
                    "description": "One model",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Models"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "401": {
                    "description": "No API key, or an unknown one",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OpenAIError"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "408": {"$ref": "#/components/responses/Timeout"},
                  "413": {"$ref": "#/components/responses/TooLarge"},
                  "431": {"$ref": "#/components/responses/FieldsTooLarge"},
                  "501": {"$ref": "#/components/responses/NotImplemented"},
                  "503": {"$ref": "#/components/responses/TooManyConnections"}
                }
              }
            },
            "/v1/drift": {
              "get": {
                "operationId": "drift",
                "tags": ["state"],
                "summary": "Whether queries are still like those of the calibration set",
                "responses": {
                  "200": {
                    "description": "The last window against the reference",
                    "content": {
                      "application/json": {
                        "schema": {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}
                      }
                    },
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "401": {
                    "description": "No API key, or an unknown one",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "408": {"$ref": "#/components/responses/Timeout"},
                  "413": {"$ref": "#/components/responses/TooLarge"},
                  "431": {"$ref": "#/components/responses/FieldsTooLarge"},
                  "501": {"$ref": "#/components/responses/NotImplemented"},
                  "503": {"$ref": "#/components/responses/TooManyConnections"}
                }
              }
            },
            "/health": {
              "get": {
                "operationId": "health",
                "tags": ["state"],
                "security": [{}],
                "summary": "The process lives",
                "responses": {
                  "200": {
                    "description": "It does",
                    "content": {
                      "application/json": {"schema": {"type": "object", "required": ["status"], "properties": {"status": {"const": "ok"}}}}
                    },
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "408": {"$ref": "#/components/responses/Timeout"},
                  "413": {"$ref": "#/components/responses/TooLarge"},
                  "431": {"$ref": "#/components/responses/FieldsTooLarge"},
                  "501": {"$ref": "#/components/responses/NotImplemented"},
                  "503": {"$ref": "#/components/responses/TooManyConnections"}
                }
              }
            },
            "/ready": {
              "get": {
                "operationId": "ready",
                "tags": ["state"],
                "security": [{}],
                "summary": "Requests are welcome",
                "responses": {
                  "200": {
                    "description": "They are",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ready"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "408": {"$ref": "#/components/responses/Timeout"},
                  "413": {"$ref": "#/components/responses/TooLarge"},
                  "431": {"$ref": "#/components/responses/FieldsTooLarge"},
                  "501": {"$ref": "#/components/responses/NotImplemented"},
                  "503": {
                    "description": "The server is about to end",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ready"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  }
                }
              }
            },
            "/metrics": {
              "get": {
                "operationId": "metrics",
                "tags": ["state"],
                "summary": "Counts for Prometheus",
                "responses": {
                  "200": {
                    "description": "Text format 0.0.4",
                    "content": {"text/plain": {"schema": {"type": "string"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "401": {
                    "description": "With --protect-metrics: no API key, or an unknown one",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "408": {"$ref": "#/components/responses/Timeout"},
                  "413": {"$ref": "#/components/responses/TooLarge"},
                  "431": {"$ref": "#/components/responses/FieldsTooLarge"},
                  "501": {"$ref": "#/components/responses/NotImplemented"},
                  "503": {"$ref": "#/components/responses/TooManyConnections"}
                }
              }
            },
            "/openapi.json": {
              "get": {
                "operationId": "description",
                "tags": ["state"],
                "summary": "This document",
                "responses": {
                  "200": {
                    "description": "OpenAPI 3.1",
                    "content": {"application/json": {"schema": {"type": "object"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "400": {"$ref": "#/components/responses/BadRequest"},
                  "401": {
                    "description": "No API key, or an unknown one",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
                    "headers": {"x-request-id": {"$ref": "#/components/headers/x-request-id"}}
                  },
                  "408": {"$ref": "#/components/responses/Timeout"},
                  "413": {"$ref": "#/components/responses/TooLarge"},
                  "431": {"$ref": "#/components/responses/FieldsTooLarge"},
                  "501": {"$ref": "#/components/responses/NotImplemented"},
                  "503": {"$ref": "#/components/responses/TooManyConnections"}
                }
              }
            }
          },
          "components": {
            "securitySchemes": {
              "bearer": {"type": "http", "scheme": "bearer"},
              "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"}
            },
            "parameters": {
              "deadline": {
                "name": "x-triage-deadline-ms",
                "in": "header",
                "description": "When the answer is of no use any more, from the head of the request on",
                "schema": {"type": "integer", "minimum": 1, "maximum": 3600000}
              },
              "requestID": {
                "name": "x-request-id",
                "in": "header",
                "description": "A name for the request; one is made where it is missing or not acceptable",
                "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$"}
              },
              "traceparent": {"name": "traceparent", "in": "header", "description": "W3C Trace Context", "schema": {"type": "string"}},
              "tracestate": {
                "name": "tracestate",
                "in": "header",
                "description": "W3C Trace Context",
                "schema": {"type": "string", "maxLength": 512}
              }
            },
            "headers": {
              "x-request-id": {"description": "The name of the request", "schema": {"type": "string"}},
              "x-triage-model": {"description": "Identity of the model", "schema": {"type": "string"}},
              "x-triage-policy": {"description": "Identity of the policy; empty without one", "schema": {"type": "string"}},
              "x-triage-generation": {"description": "Which load of model and policy decided", "schema": {"type": "integer"}},
              "server-timing": {"description": "tokenize, queue and compute in milliseconds", "schema": {"type": "string"}},
              "retry-after": {"description": "Whole seconds", "schema": {"type": "integer", "minimum": 1}}
            },
            "responses": {
              "BadRequest": {
                "description": "The request is not well-formed HTTP/1.1; the connection ends",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AnyError"}}}
              },
              "Timeout": {
                "description": "The request did not come in time; the connection ends",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AnyError"}}}
              },
              "TooLarge": {
                "description": "The body is larger than the server reads; the connection ends",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AnyError"}}}
              },
              "FieldsTooLarge": {
                "description": "The fields of the head are too many or too large; the connection ends",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AnyError"}}}
              },
              "NotImplemented": {
                "description": "A transfer coding other than chunked; the connection ends",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AnyError"}}}
              },
              "TooManyConnections": {
                "description": "Too many connections are open, or the server is about to end; the connection ends",
                "headers": {"retry-after": {"$ref": "#/components/headers/retry-after"}},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AnyError"}}}
              }
            },
            "schemas": {
              "AnyError": {
                "description": "In the shape of the endpoint where the head could be read",
                "anyOf": [
                  {"$ref": "#/components/schemas/Error"},
                  {"$ref": "#/components/schemas/OpenAIError"},
                  {"$ref": "#/components/schemas/InferenceError"}
                ]
              },
              "TriageRequest": {
                "oneOf": [
                  {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["text"],
                    "properties": {
                      "text": {"type": "string"},
                      "texts": {"type": "null"},
                      "tenant": {
                        "type": ["string", "null"],
                        "minLength": 1,
                        "maxLength": 127,
                        "description": "Whose query it is; a key's own tenant counts before it"
                      },
                      "metadata": {
                        "type": ["object", "null"],
                        "maxProperties": 32,
                        "additionalProperties": {"type": "string", "maxLength": 1024},
                        "description": "What rules may ask for, such as channel"
                      },
                      "explain": {
                        "type": ["boolean", "null"],
                        "default": false,
                        "description": "Add all scores and the nearest training example"
                      }
                    }
                  },
                  {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["texts"],
                    "properties": {
                      "text": {"type": "null"},
                      "texts": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                      "tenant": {
                        "type": ["string", "null"],
                        "minLength": 1,
                        "maxLength": 127,
                        "description": "Whose query it is; a key's own tenant counts before it"
                      },
                      "metadata": {
                        "type": ["object", "null"],
                        "maxProperties": 32,
                        "additionalProperties": {"type": "string", "maxLength": 1024},
                        "description": "What rules may ask for, such as channel"
                      },
                      "explain": {
                        "type": ["boolean", "null"],
                        "default": false,
                        "description": "Add all scores and the nearest training example"
                      }
                    }
                  }
                ]
              },
              "TriageAnswer": {
                "oneOf": [
                  {
                    "allOf": [
                      {
                        "type": "object",
                        "required": ["id"],
                        "properties": {"id": {"type": "string", "description": "The name of the request"}}
                      },
                      {"$ref": "#/components/schemas/Decision"}
                    ]
                  },
                  {
                    "type": "object",
                    "required": ["id", "decisions"],
                    "properties": {
                      "id": {"type": "string"},
                      "decisions": {"type": "array", "items": {"$ref": "#/components/schemas/Decision"}}
                    }
                  }
                ]
              },
              "Decision": {
                "type": "object",
                "required": [
                  "outcome",
                  "route",
                  "target",
                  "label",
                  "confidence",
                  "margin",
                  "out_of_scope",
                  "reason",
                  "detail",
                  "model",
                  "policy",
                  "generation",
                  "stage",
                  "tokens",
                  "truncated",
                  "expected"
                ],
                "properties": {
                  "outcome": {
                    "type": "string",
                    "enum": ["classified", "abstained", "rejected", "unavailable"],
                    "description": "classified: by the model or a rule; abstained: left to a fallback; rejected: nothing to read; unavailable: the model failed, or not in time"
                  },
                  "route": {
                    "type": ["string", "null"],
                    "description": "Who handles it: script, remote or human by a policy, else what the model names"
                  },
                  "target": {"type": ["string", "null"], "description": "The handler on that route"},
                  "label": {
                    "type": ["string", "null"],
                    "description": "What the model took the text for; null where it was not asked"
                  },
                  "confidence": {
                    "type": ["number", "null"],
                    "description": "The calibrated probability that the label is right",
                    "minimum": 0,
                    "maximum": 1
                  },
                  "margin": {"type": ["number", "null"], "description": "By how much the label's probability exceeds the next"},
                  "out_of_scope": {
                    "type": ["number", "null"],
                    "description": "How unlike anything in training the text is",
                    "minimum": 0,
                    "maximum": 1
                  },
                  "reason": {
                    "type": "string",
                    "enum": [
                      "confident",
                      "rule",
                      "ambiguous",
                      "out_of_scope",
                      "too_long",
                      "nothing_to_read",
                      "deadline_passed",
                      "cancelled",
                      "failed"
                    ]
                  },
                  "detail": {
                    "type": ["string", "null"],
                    "description": "The reason in words, without anything of other people's texts unless `explain` is true"
                  },
                  "model": {"type": "string", "description": "Identity of the model: a digest of all its files"},
                  "policy": {"type": ["string", "null"], "description": "Identity of the policy: a digest of its file"},
                  "generation": {"type": "integer", "description": "Which load of model and policy decided"},
                  "stage": {"enum": ["first", "whole", null], "description": "The part of the model that answered"},
                  "tokens": {
                    "type": ["integer", "null"],
                    "description": "Tokens read, special ones included; null where the model was not asked"
                  },
                  "truncated": {"type": "boolean", "description": "Whether the text was longer than that"},
                  "expected": {
                    "description": "What the policy expects of the handler",
                    "anyOf": [{"$ref": "#/components/schemas/Expectation"}, {"type": "null"}]
                  },
                  "timings": {"$ref": "#/components/schemas/Timings"},
                  "scores": {
                    "type": "array",
                    "description": "With `explain`: every label, likeliest first",
                    "items": {
                      "type": "object",
                      "properties": {"label": {"type": "string"}, "probability": {"type": "number"}},
                      "required": ["label", "probability"]
                    }
                  }
                }
              },
              "Expectation": {
                "type": "object",
                "required": ["cost", "saving", "latency_ms", "currency"],
                "properties": {
                  "cost": {"type": "number"},
                  "saving": {"type": "number", "description": "What the policy's baseline would have cost more"},
                  "latency_ms": {"type": "number"},
                  "currency": {"type": "string"}
                }
              },
              "Timings": {
                "type": "object",
                "required": ["tokenize_us", "queue_us", "compute_us"],
                "properties": {
                  "tokenize_us": {"type": "integer"},
                  "queue_us": {"type": "integer"},
                  "compute_us": {"type": "integer", "description": "Of the whole batch that the text was part of"}
                }
              },
              "Error": {
                "type": "object",
                "required": ["error"],
                "properties": {
                  "error": {
                    "type": "object",
                    "required": ["code", "message"],
                    "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "outcome": {"const": "rejected"}}
                  }
                }
              },
              "PredictRequest": {
                "type": "object",
                "additionalProperties": false,
                "required": ["inputs"],
                "properties": {
                  "inputs": {
                    "oneOf": [
                      {"type": "string"},
                      {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                          "oneOf": [
                            {"type": "string"},
                            {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 1}
                          ]
                        }
                      }
                    ]
                  },
                  "raw_scores": {"type": ["boolean", "null"], "default": false, "description": "Logits, and not probabilities"},
                  "truncate": {"type": ["boolean", "null"], "default": false},
                  "truncation_direction": {"enum": ["Right", "right", null]}
                }
              },
              "PredictAnswer": {
                "oneOf": [
                  {"$ref": "#/components/schemas/Scores"},
                  {"type": "array", "items": {"$ref": "#/components/schemas/Scores"}}
                ]
              },
              "Scores": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": ["score", "label"],
                  "properties": {"score": {"type": "number"}, "label": {"type": "string"}}
                }
              },
              "InferenceError": {
                "type": "object",
                "required": ["error", "error_type"],
                "properties": {
                  "error": {"type": "string"},
                  "error_type": {"enum": ["Unhealthy", "Backend", "Overloaded", "Validation", "Empty"]}
                }
              },
              "EmbeddingsRequest": {
                "type": "object",
                "additionalProperties": false,
                "required": ["input"],
                "properties": {
                  "input": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]},
                  "model": {"type": ["string", "null"], "description": "The model's name or identity; may be left out"},
                  "encoding_format": {"enum": ["float", "base64", null], "default": "float"},
                  "dimensions": {"type": ["integer", "null"], "description": "The model's own, or an error"},
                  "user": {"type": ["string", "null"]}
                }
              },
              "EmbeddingsAnswer": {
                "type": "object",
                "required": ["object", "data", "model", "usage"],
                "properties": {
                  "object": {"const": "list"},
                  "data": {
                    "type": "array",
                    "items": {
                      "type": "object",
                      "required": ["object", "index", "embedding"],
                      "properties": {
                        "object": {"const": "embedding"},
                        "index": {"type": "integer"},
                        "embedding": {
                          "oneOf": [
                            {"type": "array", "items": {"type": "number"}},
                            {
                              "type": "string",
                              "contentEncoding": "base64",
                              "description": "Little-endian 32-bit floating point"
                            }
                          ]
                        }
                      }
                    }
                  },
                  "model": {"type": "string"},
                  "usage": {
                    "type": "object",
                    "required": ["prompt_tokens", "total_tokens"],
                    "properties": {"prompt_tokens": {"type": "integer"}, "total_tokens": {"type": "integer"}}
                  }
                }
              },
              "OpenAIError": {
                "type": "object",
                "required": ["error"],
                "properties": {
                  "error": {
                    "type": "object",
                    "required": ["message", "type", "param", "code"],
                    "properties": {
                      "message": {"type": "string"},
                      "type": {"type": "string"},
                      "param": {"type": ["string", "null"]},
                      "code": {"type": ["string", "null"]}
                    }
                  }
                }
              },
              "Models": {
                "type": "object",
                "required": ["object", "data"],
                "properties": {
                  "object": {"const": "list"},
                  "data": {
                    "type": "array",
                    "items": {
                      "type": "object",
                      "required": ["id", "object", "created", "owned_by"],
                      "properties": {
                        "id": {"type": "string"},
                        "object": {"const": "model"},
                        "created": {"type": "integer"},
                        "owned_by": {"type": "string"},
                        "identity": {"type": "string"},
                        "policy": {"type": ["string", "null"]},
                        "generation": {"type": "integer"},
                        "backend": {"type": "string"},
                        "labels": {"type": "array", "items": {"type": "string"}},
                        "dimensions": {"type": "integer"},
                        "maximum_tokens": {"type": "integer"}
                      }
                    }
                  }
                }
              },
              "Ready": {
                "type": "object",
                "required": ["status", "generation", "model", "policy", "device_notice"],
                "properties": {
                  "status": {"enum": ["ready", "draining"]},
                  "generation": {"type": "integer"},
                  "model": {"type": "string"},
                  "policy": {"type": ["string", "null"]},
                  "device_notice": {
                    "type": ["string", "null"],
                    "description": "With --backend auto: why the GPU is not used"
                  }
                }
              }
            }
          }
        }
        """#
}
