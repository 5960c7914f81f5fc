"""ID tokens in the Auth emulator's unsigned format."""

import json
import time
from base64 import urlsafe_b64encode
from typing import Any


def unsigned(project: str, uid: str, **claims: Any) -> str:
    now = int(time.time())
    payload = {
        "iss": f"https://securetoken.google.com/{project}",
        "aud": project,
        "sub": uid,
        "user_id": uid,
        "auth_time": now,
        "iat": now,
        "exp": now + 3600,
        "firebase": {"identities": {}, "sign_in_provider": "custom"},
    }
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(payload | claims)}."


def _part(content: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
