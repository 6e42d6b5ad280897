"""Operations on what segments can be made of: criteria, and recipes to start from."""

from typing import Any

from fastapi import APIRouter

from hub.api.authorisation import GuardedRoute, needs
from hub.api.dependencies import TheHub
from hub.api.models.criteria import (
    BlankOut,
    CriterionList,
    CriterionOut,
    Filled,
    Filling,
    ParameterOut,
    RecipeList,
    RecipeOut,
)
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope
from hub.core.contracts.criterion import Criterion
from hub.core.segments.definition import dump
from hub.core.segments.language.clauses import Clause, clauses_of, words_in
from hub.core.segments.recipes import RECIPES, Recipe, recipe_named

router = APIRouter(tags=["criteria"], route_class=GuardedRoute)

_READ = needs(Scope.SEGMENTS_READ)


@router.get(
    "/criteria", operation_id="listCriteria", summary="List criteria", dependencies=[_READ], responses=errors()
)
def list_criteria(hub: TheHub) -> CriterionList:
    """Every criterion with its parameters, those of plugins too: all that an editor of segments needs."""
    return CriterionList(items=[_criterion(criterion) for criterion in hub.segments.language.catalogue])


@router.get(
    "/recipes", operation_id="listRecipes", summary="List recipes", dependencies=[_READ], responses=errors()
)
def list_recipes() -> RecipeList:
    """Segments to start from, each a text with blanks that have a sensible value already."""
    return RecipeList(items=[_recipe(recipe) for recipe in RECIPES])


@router.post(
    "/recipes/fill", operation_id="fillRecipe", summary="Fill in a recipe", dependencies=[_READ],
    responses=errors(404, body=True),
)  # fmt: skip
def fill_recipe(hub: TheHub, asked: Filling) -> Filled:
    """A recipe with its blanks filled in, as a definition to be used or changed; nothing is kept."""
    tree = hub.segments.understood(recipe_named(asked.name).text(asked.values))
    language = hub.segments.language
    return Filled(text=language.print(tree), sentence=language.describe(tree), definition=dump(tree))


def _criterion(criterion: Criterion[Any]) -> CriterionOut:
    fields = criterion.parameters_model.model_fields
    return CriterionOut(
        name=criterion.name,
        label=criterion.label,
        help=criterion.help,
        aliases=list(criterion.aliases),
        has_histogram=type(criterion).distribution is not Criterion.distribution,
        parameters=[
            _parameter(clause, fields[clause.field].description or "") for clause in clauses_of(criterion)
        ],
        parameters_schema=criterion.parameters_model.model_json_schema(),
    )


def _parameter(clause: Clause, description: str) -> ParameterOut:
    form: Any = clause.said.removeprefix("plain_")
    if clause.is_word:
        form = "choice"
    return ParameterOut(
        name=clause.field,
        help=description,
        form=form or "flag",
        required=not clause.optional,
        keyword=clause.keyword,
        units=list(clause.unit),
        choices=list(words_in(clause.said)) if clause.is_word else [],
    )


def _recipe(recipe: Recipe) -> RecipeOut:
    return RecipeOut(
        name=recipe.name,
        description=recipe.description,
        template=recipe.template,
        text=recipe.text(),
        blanks=[
            BlankOut(name=name, label=blank.label, value=blank.value) for name, blank in recipe.blanks.items()
        ],
    )
