"""The interface under /apis of the tests' Grafana: resources in the manner of Kubernetes, as from Grafana 12 on."""

from grafana_store import Refusal

DASHBOARDS = "dashboard.grafana.app/v1beta1"
FOLDERS = "folder.grafana.app/v1beta1"
NAMESPACE = "default"


def group(name):
    group, _, version = name.partition("/")
    return {
        "name": group,
        "versions": [{"groupVersion": name, "version": version}],
        "preferredVersion": {"groupVersion": name, "version": version},
    }


def conflict(error):
    """Refusals of the store as this interface words them."""
    if error.status == 412:
        return Refusal(409, "the object has been modified; please apply your changes to the latest version")
    return error


def dashboard_resource(held):
    return {
        "apiVersion": DASHBOARDS, "kind": "Dashboard",
        "metadata": {
            "name": held["uid"], "namespace": NAMESPACE, "generation": held["version"],
            "resourceVersion": str(1000 + held["version"]),
            "annotations": {"grafana.app/folder": held["folder"]},
        },
        "spec": held["model"],
    }


def folder_resource(folder):
    return {
        "apiVersion": FOLDERS, "kind": "Folder",
        "metadata": {
            "name": folder["uid"], "namespace": NAMESPACE, "generation": folder["version"],
            "resourceVersion": str(1000 + folder["version"]),
        },
        "spec": {"title": folder["title"], "description": folder.get("description", "")},
        "status": {},
    }


def routes(store):
    def groups(_, __):
        return {"kind": "APIGroupList", "groups": [group(DASHBOARDS), group(FOLDERS)]}

    def checked(namespace):
        if namespace != NAMESPACE:
            raise Refusal(403, "namespace mismatch")

    def read_folder(_, __, namespace, uid):
        checked(namespace)
        return folder_resource(store.folder(uid))

    def create_folder(request, body, namespace):
        checked(namespace)
        request.success = 201
        return folder_resource(
            store.create_folder(body["metadata"]["name"], body["spec"]["title"]))

    def change_folder(_, body, namespace, uid):
        checked(namespace)
        folder = store.folder(uid)
        expected = int(body["metadata"].get("resourceVersion", 0)) - 1000
        try:
            store.rename_folder(uid, body["spec"]["title"], expected)
        except Refusal as error:
            raise conflict(error) from error
        folder["description"] = body["spec"].get("description", "")
        return folder_resource(folder)

    def read(_, __, namespace, uid):
        checked(namespace)
        return dashboard_resource(store.dashboard(uid))

    def write(body, uid, version):
        notes = body["metadata"].get("annotations", {})
        try:
            held = store.save(
                uid, body["spec"], notes.get("grafana.app/folder", ""),
                notes.get("grafana.app/message", ""), version=version)
        except Refusal as error:
            raise conflict(error) from error
        return dashboard_resource(held)

    def create(request, body, namespace):
        checked(namespace)
        uid = body["metadata"]["name"]
        if uid in store.dashboards:
            raise Refusal(409, f"dashboards.dashboard.grafana.app \"{uid}\" already exists")
        request.success = 201
        return write(body, uid, None)

    def update(_, body, namespace, uid):
        checked(namespace)
        store.dashboard(uid)
        return write(body, uid, int(body["metadata"].get("resourceVersion", 0)) - 1000)

    def remove(_, body, namespace, uid):
        checked(namespace)
        held = store.dashboard(uid)
        expected = (body or {}).get("preconditions", {}).get("resourceVersion")
        if expected and int(expected) - 1000 != held["version"]:
            raise Refusal(409, "the object has been modified")
        store.delete_dashboard(uid)
        return {"kind": "Status", "status": "Success"}

    folders = rf"/apis/{FOLDERS}/namespaces/([^/]+)/folders"
    dashboards = rf"/apis/{DASHBOARDS}/namespaces/([^/]+)/dashboards"
    return [
        ("GET", r"/apis", groups),
        ("POST", folders, create_folder),
        ("GET", folders + r"/([^/]+)", read_folder),
        ("PUT", folders + r"/([^/]+)", change_folder),
        ("POST", dashboards, create),
        ("GET", dashboards + r"/([^/]+)", read),
        ("PUT", dashboards + r"/([^/]+)", update),
        ("DELETE", dashboards + r"/([^/]+)", remove),
    ]
