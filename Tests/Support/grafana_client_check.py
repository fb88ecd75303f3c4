"""Drives the tests' Grafana with PyPI's grafana-client: grafana_client_check.py PORT TOKEN

Checks the server by code that is not ours: what that client sends is taken, and what is answered it understands.
"""

import sys

from grafana_client import GrafanaApi, TokenAuth
from grafana_client.client import GrafanaClientError


def expect(what, condition):
    if not condition:
        sys.exit(f"not as expected: {what}")


def refused(what, status, call):
    try:
        call()
    except GrafanaClientError as error:
        expect(f"{what}: {error.status_code}", error.status_code == status)
        return error
    sys.exit(f"taken, and should be refused: {what}")


def main(port, token):
    grafana = GrafanaApi(TokenAuth(token), host="127.0.0.1", port=int(port), protocol="http")

    expect("health", grafana.health.check()["database"] == "ok")
    expect("data sources", grafana.datasource.list_datasources()[1]["type"] == "prometheus")
    expect("data source", grafana.datasource.get_datasource_by_uid("prom-uid")["name"] == "Metrics")
    refused("no data source", 404, lambda: grafana.datasource.get_datasource_by_uid("none"))

    folder = grafana.folder.create_folder("Folder", uid="folder")
    expect("folder", folder["uid"] == "folder" and folder["version"] == 1)
    refused("a folder's uid twice", 409, lambda: grafana.folder.create_folder("Other", uid="folder"))
    grafana.folder.update_folder("folder", title="Renamed", version=1)
    expect("renamed", grafana.folder.get_folder("folder")["title"] == "Renamed")
    refused("an old version", 412, lambda: grafana.folder.update_folder("folder", title="x", version=1))

    def save(model, **options):
        return grafana.dashboard.update_dashboard({"dashboard": model, **options})

    board = {"uid": "board", "title": "Board", "tags": ["one"], "panels": []}
    saved = save(board, folderUid="folder", message="first", overwrite=False)
    expect("saved", saved["uid"] == "board" and saved["version"] == 1)
    held = grafana.dashboard.get_dashboard("board")
    expect("held", held["dashboard"]["title"] == "Board" and held["meta"]["folderTitle"] == "Renamed")
    expect("found", [d["uid"] for d in grafana.search.search_dashboards(tag="one")] == ["board"])
    expect("not found", grafana.search.search_dashboards(tag="two") == [])

    refused("no version", 412, lambda: save(board, folderUid="folder"))
    refused("a null id", 400, lambda: save({**board, "id": None, "version": 1}, folderUid="folder"))
    refused("a long uid", 400, lambda: save({**board, "uid": "x" * 41}, folderUid="folder"))
    refused("no title", 400, lambda: save({"uid": "empty"}, folderUid="folder"))
    refused("no folder", 404, lambda: save({**board, "uid": "other"}, folderUid="none"))
    refused("a title twice", 412, lambda: save({**board, "uid": "other"}, folderUid="folder"))
    expect("second", save({**board, "version": 1}, folderUid="folder")["version"] == 2)
    save({**board, "version": 2})
    expect("the root", grafana.dashboard.get_dashboard("board")["meta"]["folderUid"] == "")

    number = grafana.annotations.add_annotation(time_from=1000, text="start", tags=["agent"])["id"]
    grafana.annotations.partial_update_annotation(number, time_from=1000, time_to=2000, tags=["agent"], text="end")
    region = grafana.annotations.get_annotation()[0]
    expect("a region", region["timeEnd"] == 2000 and region["time"] == 1000)

    grafana.dashboard.delete_dashboard("board")
    refused("a deleted dashboard", 404, lambda: grafana.dashboard.get_dashboard("board"))

    stranger = GrafanaApi(TokenAuth("wrong"), host="127.0.0.1", port=int(port), protocol="http")
    refused("a wrong token", 401, lambda: stranger.folder.get_folder("folder"))


if __name__ == "__main__":
    main(*sys.argv[1:])
