"""The interface under /api of the tests' Grafana."""

from grafana_store import Refusal


def routes(store):
    def org(_, __):
        return {"id": 1, "name": "Main Org."}

    def health(_, __):
        return {"database": "ok", "version": "12.0.0"}

    def frontend_settings(_, __):
        return {
            "buildInfo": {"version": "12.0.0", "commit": "0", "database": "ok"},
            "namespace": "default",
        }

    def datasources(_, __):
        return store.datasources

    def datasource(request, __, uid):
        for source in store.datasources:
            if source["uid"] == uid:
                return source
        raise Refusal(404, "Data source not found")

    def create_folder(request, body):
        return store.create_folder(body.get("uid"), body.get("title"))

    def read_folder(_, __, uid):
        return store.folder(uid)

    def rename_folder(_, body, uid):
        return store.rename_folder(
            uid, body.get("title"), body.get("version"), body.get("overwrite", False))

    def delete_folder(_, __, uid):
        store.delete_folder(uid)
        return {"message": "Folder deleted"}

    def save(_, body):
        model = body.get("dashboard")
        if not isinstance(model, dict):
            raise Refusal(400, "bad request data")
        if "id" in model and not isinstance(model["id"], int):
            raise Refusal(400, "bad request data: id must be a number or left out")
        content = {k: v for k, v in model.items() if k not in ("id", "version")}
        # Left out, the folder is the root.
        held = store.save(
            model.get("uid"), content, body.get("folderUid") or "", body.get("message", ""),
            version=model.get("version"), overwrite=body.get("overwrite", False))
        return {
            "id": held["id"], "uid": held["uid"], "version": held["version"],
            "status": "success", "slug": held["uid"], "url": f"/d/{held['uid']}",
            "folderUid": held["folder"],
        }

    def read(_, __, uid):
        held = store.dashboard(uid)
        folder = store.folders.get(held["folder"], {"title": "General"})
        return {
            "meta": {
                "version": held["version"], "folderUid": held["folder"],
                "folderTitle": folder["title"], "slug": uid, "url": f"/d/{uid}",
            },
            "dashboard": {
                **held["model"], "id": held["id"], "uid": uid, "version": held["version"],
            },
        }

    def remove(_, __, uid):
        held = store.delete_dashboard(uid)
        return {"title": held["model"]["title"], "message": "Dashboard deleted", "id": held["id"]}

    def versions(_, __, uid):
        return {"versions": list(reversed(store.dashboard(uid)["history"]))}

    def search(request, _):
        return store.search(request.query.get("tag", []))

    def annotate(_, body):
        if not body.get("text"):
            raise Refusal(400, "text field should not be empty")
        number = next(store.ids)
        store.annotations[number] = {"id": number, **body}
        return {"message": "Annotation added", "id": number}

    def change_annotation(_, body, number):
        if int(number) not in store.annotations:
            raise Refusal(404, "Annotation not found")
        store.annotations[int(number)].update(body)
        return {"message": "Annotation patched"}

    def annotations(_, __):
        return list(store.annotations.values())

    return [
        ("GET", r"/api/health", health),
        ("GET", r"/api/org", org),
        ("GET", r"/api/frontend/settings", frontend_settings),
        ("GET", r"/api/datasources", datasources),
        ("GET", r"/api/datasources/uid/([^/]+)", datasource),
        ("POST", r"/api/folders", create_folder),
        ("GET", r"/api/folders/([^/]+)", read_folder),
        ("PUT", r"/api/folders/([^/]+)", rename_folder),
        ("DELETE", r"/api/folders/([^/]+)", delete_folder),
        ("POST", r"/api/dashboards/db", save),
        ("GET", r"/api/dashboards/uid/([^/]+)", read),
        ("DELETE", r"/api/dashboards/uid/([^/]+)", remove),
        ("GET", r"/api/dashboards/uid/([^/]+)/versions", versions),
        ("GET", r"/api/search", search),
        ("POST", r"/api/annotations", annotate),
        ("GET", r"/api/annotations", annotations),
        ("PATCH", r"/api/annotations/(\d+)", change_annotation),
    ]
