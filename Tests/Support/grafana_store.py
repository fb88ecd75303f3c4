"""What the Grafana of the tests holds, and what it refuses.

Follows the behaviour of Grafana 11 to 13: versions count up by one with each save, a save without the current version
is a conflict, a save without a folder moves a dashboard to the root.
"""

import copy
import itertools
import re
import threading

LONGEST_UID = 40
LONGEST_TAG = 50


class Refusal(Exception):
    """An answer that is not success."""

    def __init__(self, status, message, kind=None):
        super().__init__(message)
        self.status = status
        self.body = {"message": message}
        if kind:
            self.body["status"] = kind


def check_uid(uid):
    if len(uid) > LONGEST_UID:
        raise Refusal(400, "uid too long, max 40 characters")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", uid):
        raise Refusal(400, "uid contains illegal characters")


class Store:
    def __init__(self):
        self.lock = threading.RLock()
        self.ids = itertools.count(1)
        self.folders = {}
        self.dashboards = {}
        self.annotations = {}
        self.datasources = [
            {"id": 1, "uid": "loki-uid", "name": "Logs", "type": "loki", "isDefault": False},
            {"id": 2, "uid": "prom-uid", "name": "Metrics", "type": "prometheus", "isDefault": True},
        ]

    # Folders

    def folder(self, uid):
        if uid not in self.folders:
            raise Refusal(404, "folder not found", "not-found")
        return self.folders[uid]

    def create_folder(self, uid, title):
        if not title:
            raise Refusal(400, "folder title cannot be empty")
        uid = uid or f"folder{next(self.ids)}"
        check_uid(uid)
        if uid in self.folders:
            raise Refusal(409, "a folder with the same uid exists")
        self.folders[uid] = {"id": next(self.ids), "uid": uid, "title": title, "version": 1}
        return self.folders[uid]

    def rename_folder(self, uid, title, version, overwrite=False):
        folder = self.folder(uid)
        if not overwrite and version != folder["version"]:
            raise Refusal(412, "the folder has been changed by someone else", "version-mismatch")
        folder["title"] = title
        folder["version"] += 1
        return folder

    def delete_folder(self, uid):
        self.folder(uid)
        del self.folders[uid]
        for held in [h for h in self.dashboards.values() if h["folder"] == uid]:
            del self.dashboards[held["uid"]]

    # Dashboards

    def dashboard(self, uid):
        if uid not in self.dashboards:
            raise Refusal(404, "Dashboard not found", "not-found")
        return self.dashboards[uid]

    def check(self, model, folder):
        if not isinstance(model, dict):
            raise Refusal(400, "bad request data")
        if not model.get("title"):
            raise Refusal(400, "Dashboard title cannot be empty", "empty-name")
        for tag in model.get("tags") or []:
            if len(tag) > LONGEST_TAG:
                raise Refusal(500, "Failed to save dashboard: value too long for type varying(50)")
        if folder and folder not in self.folders:
            raise Refusal(404, "folder not found", "not-found")

    def save(self, uid, model, folder, message, version=None, overwrite=False):
        """Saves a model; `version` is what the caller believes to be there."""
        self.check(model, folder)
        uid = uid or f"dash{next(self.ids)}"
        check_uid(uid)
        held = self.dashboards.get(uid)
        if held and held.get("plugin") and not overwrite:
            raise Refusal(412, "The dashboard belongs to plugin Tests", "plugin-dashboard")
        if held and not overwrite and version != held["version"]:
            raise Refusal(
                412, "The dashboard has been changed by someone else", "version-mismatch")
        for other in self.dashboards.values():
            same = other["folder"] == folder and other["model"]["title"] == model["title"]
            if same and other["uid"] != uid:
                raise Refusal(
                    412, "A dashboard with the same name in the folder already exists",
                    "name-exists")
        held = held or {"id": next(self.ids), "uid": uid, "version": 0, "history": []}
        held["version"] += 1
        held["folder"] = folder
        held["model"] = copy.deepcopy(model)
        held["history"].append({"version": held["version"], "message": message})
        self.dashboards[uid] = held
        return held

    def delete_dashboard(self, uid):
        self.dashboard(uid)
        return self.dashboards.pop(uid)

    def edit(self, uid, changes):
        """What a person does in the editor."""
        held = self.dashboard(uid)
        model = {**held["model"], **changes}
        return self.save(uid, model, held["folder"], "by hand", version=held["version"])

    def search(self, tags):
        found = []
        for held in self.dashboards.values():
            own = held["model"].get("tags") or []
            if all(tag in own for tag in tags):
                folder = self.folders.get(held["folder"], {})
                found.append({
                    "id": held["id"], "uid": held["uid"], "title": held["model"]["title"],
                    "type": "dash-db", "tags": own, "folderUid": held["folder"] or None,
                    "folderTitle": folder.get("title"), "url": f"/d/{held['uid']}",
                })
        return found
