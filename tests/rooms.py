"""Rooms over HTTP, for tests: who presents, and people."""

import base64
import io

import httpx
from PIL import Image

KEY = "autumn water, one long sky"


class Caller:
    """One client of the rooms at an address: `call("join", room=code)` -> JSON; `refused(...)` -> status, sentence."""

    def __init__(self, url, lang="en"):
        self.client = httpx.Client(base_url=f"{url}/room/", params={"lang": lang}, timeout=30, trust_env=False)
        self.room = self.token = ""

    def ask(self, name, read=False, **sent):
        headers = {"x-room-token": self.token} if self.token else {}
        room = {"room": self.room} if self.room else {}
        if read:
            return self.client.get(name, params={**room, **sent}, headers=headers)
        return self.client.post(name, json={**room, **sent}, headers=headers)

    def call(self, name, read=False, **sent):
        answer = self.ask(name, read, **sent)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, name, read=False, **sent):
        answer = self.ask(name, read, **sent)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["error"]

    def open(self, **sent):
        """Present a new room."""
        found = self.call("open", passphrase=KEY, **sent)
        self.room, self.token = found["room"], found["key"]
        return self

    def join(self, room):
        """Take part in a room."""
        found = self.call("join", room=room)
        self.room, self.token = found["room"], found["person"]
        return self


def picture(side=300, kind="PNG"):
    """A picture as the page sends it."""
    file = io.BytesIO()
    Image.effect_noise((side, side), 60).save(file, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"
