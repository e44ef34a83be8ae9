"""The part of Jinja that a template may use, checked on its syntax tree before anything is compiled.

What is not listed here does not exist for templates: no call, no assignment, no arithmetic, no loop inside a loop.
So the cost of a rendering grows with the text and the number of articles, and with nothing else.
"""

import difflib
from collections.abc import Iterator

from jinja2 import Environment, TemplateSyntaxError, nodes

from db.emails.variables import ITEM_FIELDS, LISTS, VARIABLES

MAX_SOURCE = 20_000
_MAX_DEPTH = 30
#: Each of them reads its text once and makes nothing longer of it.
FILTERS = frozenset({"upper", "lower", "capitalize", "trim", "default", "length"})
_LOOP_FIELDS = ("first", "last", "index")

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.For,
    nodes.Getattr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.CondExpr,
    nodes.Concat,
    nodes.Filter,
)
_NAMES = {
    nodes.Call: "les appels de fonctions ne sont pas permis",
    nodes.Assign: "« {% set %} » n’est pas permis",
    nodes.AssignBlock: "« {% set %} » n’est pas permis",
    nodes.Macro: "« {% macro %} » n’est pas permis",
    nodes.CallBlock: "« {% call %} » n’est pas permis",
    nodes.FilterBlock: "« {% filter %} » n’est pas permis",
    nodes.With: "« {% with %} » n’est pas permis",
    nodes.Include: "« {% include %} » n’est pas permis",
    nodes.Import: "« {% import %} » n’est pas permis",
    nodes.FromImport: "« {% from %} » n’est pas permis",
    nodes.Extends: "« {% extends %} » n’est pas permis",
    nodes.Block: "« {% block %} » n’est pas permis",
    nodes.Scope: "« {% autoescape %} » n’est pas permis",
    nodes.Getitem: "les crochets « [ ] » ne sont pas permis",
    nodes.BinExpr: "les calculs ne sont pas permis",
    nodes.UnaryExpr: "les calculs ne sont pas permis",
    nodes.Test: "les tests « is » ne sont pas permis",
    nodes.Literal: "les listes et dictionnaires ne sont pas permis",
}

_PARTS = "seules les instructions {% if %} et {% for %} existent"
#: Jinja says what is wrong in English; these are the mistakes people make, most specific first.
_SYNTAX = (
    ("Unexpected end of template", "un {% if %} ou un {% for %} n’est pas refermé par {% endif %} ou {% endfor %}"),
    ("unexpected end of statement block", "l’instruction entre « {% » et « %} » n’est pas complète"),
    ("end of print statement", "les accolades « {{ }} » ne contiennent pas exactement une variable"),
    ("unexpected '}'", "il manque une accolade\u00a0: une variable s’écrit {{ variable }}"),
    ("Missing end of comment", "un commentaire « {# » n’est pas refermé par « #} »"),
    ("nknown tag", _PARTS),
)


def faults(environment: Environment, source: str) -> list[str]:
    """Return what keeps a template from being used, as French sentences; nothing where it is fine."""
    if len(source) > MAX_SOURCE:
        return [f"Le texte est trop long\u00a0: {MAX_SOURCE} caractères au plus."]
    try:
        tree = environment.parse(source)
        return list(dict.fromkeys(_Checker().faults(tree)))
    except TemplateSyntaxError as error:
        return [_syntax_fault(error)]
    except (RecursionError, ValueError, MemoryError):
        return ["Les instructions de ce texte sont trop compliquées."]


def _syntax_fault(error: TemplateSyntaxError) -> str:
    message = error.message or ""
    for part, sentence in _SYNTAX:
        if part in message:
            return f"Ligne {error.lineno}\u00a0: {sentence}."
    return f"Ligne {error.lineno}\u00a0: les accolades ne se lisent pas. Une variable s’écrit {{{{ variable }}}}."


class _Checker:
    """One walk over one tree; it remembers which names the present loop defines."""

    def __init__(self) -> None:
        self._item: str | None = None

    def faults(self, node: nodes.Node, depth: int = 0) -> Iterator[str]:
        if depth > _MAX_DEPTH:
            yield f"{_line(node)}trop d’instructions les unes dans les autres."
        elif not isinstance(node, _ALLOWED):
            yield f"{_line(node)}{_name(node)} ici. {_ONLY}"
        elif isinstance(node, nodes.For):
            yield from self._loop(node, depth)
        else:
            yield from self._printed_list(node)
            yield from self._own(node)
            for child in node.iter_child_nodes():
                if not (isinstance(node, nodes.Getattr) and child is node.node):
                    yield from self.faults(child, depth + 1)

    def _printed_list(self, node: nodes.Node) -> Iterator[str]:
        for printed in node.nodes if isinstance(node, nodes.Output) else ():
            if isinstance(printed, nodes.Name) and printed.name in LISTS:
                yield f"{_line(printed)}« {printed.name} » est une liste\u00a0: parcourez-la avec {{% for %}}."

    def _own(self, node: nodes.Node) -> Iterator[str]:
        if isinstance(node, nodes.Name):
            yield from self._variable(node)
        elif isinstance(node, nodes.Getattr):
            yield from self._part(node)
        elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
            yield f"{_line(node)}le filtre « {node.name} » n’existe pas.{_suggestion(node.name, FILTERS)}"

    def _variable(self, node: nodes.Name) -> Iterator[str]:
        if node.name not in VARIABLES and node.name != self._item:
            yield f"{_line(node)}la variable « {node.name} » n’existe pas.{_suggestion(node.name, VARIABLES)}"

    def _part(self, node: nodes.Getattr) -> Iterator[str]:
        owner = node.node.name if isinstance(node.node, nodes.Name) else None
        known = {self._item: ITEM_FIELDS, "loop": _LOOP_FIELDS}.get(owner) if self._item and owner else None
        if known is None:
            whose = owner or "ce qui précède le point"
            yield f"{_line(node)}« {whose} » n’a pas de partie « .{node.attr} »."
        elif node.attr not in known:
            yield f"{_line(node)}« {owner} » n’a pas de « .{node.attr} ».{_suggestion(node.attr, known)}"

    def _loop(self, node: nodes.For, depth: int) -> Iterator[str]:
        if self._item is not None:
            yield f"{_line(node)}une boucle ne peut pas en contenir une autre."
            return
        if not isinstance(node.iter, nodes.Name) or node.iter.name not in LISTS or node.recursive or node.test:
            yield f"{_line(node)}une boucle s’écrit {{% for article in {min(LISTS)} %}}."
            return
        if not isinstance(node.target, nodes.Name) or node.target.name in {*VARIABLES, "loop"}:
            yield f"{_line(node)}choisissez un autre nom pour la variable de la boucle, par exemple « article »."
            return
        self._item = node.target.name
        for child in node.body:
            yield from self.faults(child, depth + 1)
        self._item = None
        for child in node.else_:
            yield from self.faults(child, depth + 1)


_ONLY = "Utilisez seulement {{ variable }}, {% if %} et {% for %}."


def _line(node: nodes.Node) -> str:
    return f"Ligne {node.lineno}\u00a0: " if node.lineno else ""


def _name(node: nodes.Node) -> str:
    return next(
        (name for kind, name in _NAMES.items() if isinstance(node, kind)), "ces instructions ne sont pas permises"
    )


def _suggestion(word: str, known: object) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)  # type: ignore[call-overload]
    return f" Vouliez-vous dire « {close[0]} »\u00a0?" if close else ""
