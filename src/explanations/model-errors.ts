/** What is wrong with a project's own model files. */
export const MODEL_ERRORS = {
  'json-syntax': {
    means: 'a model file is no JSON',
    why: 'Nothing of it can be read, and so its model is not known.',
    mend: 'Look for a comma or a quote that is missing or too many, at the place or just before it. JSON has no comments.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
models/mine.json
  {
-   "title": "Mine" "type": "object", "additionalProperties": false, "required": ["prompt"],
+   "title": "Mine", "type": "object", "additionalProperties": false, "required": ["prompt"],
    "properties": {
      "prompt": { "type": "string" },
      "resolution": { "type": "string", "enum": ["720p"], "default": "720p" },
      "duration": { "type": "integer", "minimum": 2, "maximum": 10, "default": 5 },
      "seed": { "type": "integer", "default": -1 }
    },
    "x-model": {
      "id": "acme/mine/text-to-video", "provider": "wavespeed", "fps": 24, "references": {},
      "sizes": { "720p": { "16:9": [1280, 720] } },
      "price": { "currency": "USD", "inputs": ["resolution", "duration"] }
    }
  }
`,
  },
  'model-contradicts': {
    means: 'parts of a model file contradict each other, or say what no request could follow',
    why: 'A request would be refused, have no size, or be billed at another price than the plan shows.',
    mend: 'Correct the part that the message names; docs/models.md describes each.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
models/mine.json
  {
    "title": "Mine", "type": "object", "additionalProperties": false, "required": ["prompt"],
    "properties": {
      "prompt": { "type": "string" },
      "resolution": { "type": "string", "enum": ["720p"], "default": "720p" },
      "duration": { "type": "integer", "minimum": 2, "maximum": 10, "default": 5 },
      "seed": { "type": "integer", "default": -1 }
    },
    "x-model": {
      "id": "acme/mine/text-to-video", "provider": "wavespeed", "fps": 24, "references": {},
-     "sizes": { "1080p": { "16:9": [1280, 720] } },
+     "sizes": { "720p": { "16:9": [1280, 720] } },
      "price": { "currency": "USD", "inputs": ["resolution", "duration"] }
    }
  }
`,
  },
  'model-twice': {
    means: 'two model files of a project describe the same model',
    why: 'Which of them is meant would hang on the order in which they are read, and with it what is sent and what it costs.',
    mend: 'Keep one of them. A single file with the id of a built-in model is allowed: it takes its place.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
models/mine.json
  {
    "title": "Mine", "type": "object", "additionalProperties": false, "required": ["prompt"],
    "properties": {
      "prompt": { "type": "string" },
      "resolution": { "type": "string", "enum": ["720p"], "default": "720p" },
      "duration": { "type": "integer", "minimum": 2, "maximum": 10, "default": 5 },
      "seed": { "type": "integer", "default": -1 }
    },
    "x-model": {
      "id": "acme/mine/text-to-video", "provider": "wavespeed", "fps": 24, "references": {},
      "sizes": { "720p": { "16:9": [1280, 720] } },
      "price": { "currency": "USD", "inputs": ["resolution", "duration"] }
    }
  }
models/other.json
  {
    "title": "Mine", "type": "object", "additionalProperties": false, "required": ["prompt"],
    "properties": {
      "prompt": { "type": "string" },
      "resolution": { "type": "string", "enum": ["720p"], "default": "720p" },
      "duration": { "type": "integer", "minimum": 2, "maximum": 10, "default": 5 },
      "seed": { "type": "integer", "default": -1 }
    },
    "x-model": {
-     "id": "acme/mine/text-to-video", "provider": "wavespeed", "fps": 24, "references": {},
+     "id": "acme/other/text-to-video", "provider": "wavespeed", "fps": 24, "references": {},
      "sizes": { "720p": { "16:9": [1280, 720] } },
      "price": { "currency": "USD", "inputs": ["resolution", "duration"] }
    }
  }
`,
  },
};
