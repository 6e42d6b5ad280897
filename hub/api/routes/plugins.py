"""The operation on plugins: list them."""

from fastapi import APIRouter

from hub.api.authorisation import GuardedRoute, needs
from hub.api.dependencies import TheHub
from hub.api.models.plugins import ComponentOut, PluginList, PluginOut
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope

router = APIRouter(prefix="/plugins", tags=["plugins"], route_class=GuardedRoute)


@router.get(
    "", operation_id="listPlugins", summary="List plugins", dependencies=[needs(Scope.PLUGINS_READ)],
    responses=errors(),
)  # fmt: skip
def list_plugins(hub: TheHub) -> PluginList:
    """Every plugin that was found, in the order of loading, whatever became of it."""
    return PluginList(
        items=[
            PluginOut(
                name=report.name,
                state=report.state.value,
                module=report.module,
                distribution=report.distribution,
                version=report.version,
                hooks=list(report.hooks),
                components=[
                    ComponentOut(kind=component.kind.value, name=component.name, label=component.label)
                    for component in report.components
                ],
                reason=report.reason,
            )
            for report in hub.registry.plugins()
        ]
    )
