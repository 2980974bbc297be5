"""The shape of an answer that is declared elsewhere: a struct that is folded or computed, as OpenAPI describes it."""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
from pydantic import BaseModel, create_model


@cache
def shape(struct: type[msgspec.Struct]) -> type[BaseModel]:
    """Return the model with the same fields; every one of them is always there in an answer."""
    hints = get_type_hints(struct)
    fields: dict[str, Any] = {name: (_translated(hints[name]), ...) for name in struct.__struct_fields__}
    return create_model(struct.__name__, __doc__=struct.__doc__, __module__=struct.__module__, **fields)


def _translated(hint: Any) -> Any:  # noqa: ANN401  # a type, or what is made of types
    """Return a type in which every struct is a model."""
    if hint is msgspec.Raw:
        return dict[str, Any]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return shape(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is None or origin is Annotated:
        return hint
    translated = tuple(part if part is Ellipsis else _translated(part) for part in parts)
    return Union[translated] if origin in {Union, UnionType} else origin[translated]  # noqa: UP007  # made here
