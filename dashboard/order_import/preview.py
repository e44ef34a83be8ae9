"""What would become of each order of a file: computed once, shown in figures, then carried out as it stands."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.flash import telling_refusals
from dashboard.markdown import escape_markdown
from dashboard.navigation import TASKS
from dashboard.order_import.export import preview_csv
from dashboard.order_import.mapping import Asked
from dashboard.order_import.remarks import REMARK, remark_column, row_height_for
from dashboard.order_import.upload import Upload
from dashboard.order_list.choices import forget_choices
from dashboard.order_list.views import forget_counters
from dashboard.work.navigation import TASK_PARAMETER
from db.domain import formats
from db.domain.actor import Actor
from db.domain.bulk import Importing
from db.domain.incoming import NEW_WITHIN
from db.domain.order_files import OrderFormat, ReadOrder
from db.domain.tasks import AT_ONCE, ImportItemState
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.imports.orders.recognise import OpenedFile, read_documents
from db.imports.orders.table_orders import read_table_orders
from db.services.imports import ImportPlan, PlannedOrder, plan_import
from db.services.tasks import start_import

_PLAN = "order_import_plan"
_EXAMPLES = 20
_REASONS = 8
#: What somebody has to look at.
_FIRST_READ = ("refused", "differs")
_LISTS = {
    "waiting": "À créer",
    "corrected": "Corrigées",
    "refused": "Refusées",
    "known": "Déjà là",
    "differs": "Déjà là, différentes",
}


def show_preview(viewer: Viewer, upload: Upload, opened: OpenedFile, asked: Asked) -> None:
    """Draw what would become of the orders, and the button that does it."""
    takes_unknown = bool(st.session_state.get("order_import_unknown", False))
    plan = _planned(viewer, upload, opened, asked, takes_unknown=takes_unknown)
    lists = lists_of(plan)
    st.subheader(f"{formats.plural(len(plan.items), 'commande')} dans ce fichier", anchor=False)
    with st.container(horizontal=True, gap="small", key="order_import_counts"):
        for name, label in _LISTS.items():
            if name == "differs" and not lists[name]:
                continue  # Rare, and long to read.
            st.metric(label, formats.integer(len(lists[name])), border=True, width=175)
    _show_choices(plan, takes_unknown=takes_unknown)
    _show_button(viewer, plan)
    _show_lists(lists)
    st.download_button(
        "Télécharger la liste complète (CSV)",
        data=lambda: preview_csv(plan),
        file_name="apercu-import.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def lists_of(plan: ImportPlan) -> dict[str, list[PlannedOrder]]:
    """Return the orders under each heading; a corrected one is one to create, too."""
    return {
        "waiting": plan.going,
        "corrected": [item for item in plan.items if item.is_corrected],
        "refused": plan.in_state(ImportItemState.REFUSED),
        "known": [item for item in plan.in_state(ImportItemState.KNOWN) if not item.differs],
        "differs": [item for item in plan.items if item.differs],
    }


def _planned(viewer: Viewer, upload: Upload, opened: OpenedFile, asked: Asked, *, takes_unknown: bool) -> ImportPlan:
    """Return the plan: the one that was shown already, or a new one where something else is asked now."""
    key = (upload.sha256, upload.name, opened.format, asked, takes_unknown)
    kept = st.session_state.get(_PLAN)
    if kept is not None and kept[0] == key:
        known: ImportPlan = kept[1]
        return known
    action = Importing(
        upload.name, upload.sha256, opened.format, asked.seller_code, takes_unknown_products=takes_unknown
    )
    with st.spinner("Vérification des commandes…"):
        orders = _read(opened, asked)
        with reading() as session:
            plan = plan_import(session, Actor.person(viewer), orders, action, utc_now())
    st.session_state[_PLAN] = (key, plan)
    return plan


def _read(opened: OpenedFile, asked: Asked) -> list[ReadOrder]:
    if opened.table is not None:
        return read_table_orders(opened.table, dict(asked.mapping), asked.seller_code)
    return read_documents(opened, asked.seller_code)


def _show_choices(plan: ImportPlan, *, takes_unknown: bool) -> None:
    if plan.action.format in {OrderFormat.SHOPIFY, OrderFormat.WOOCOMMERCE}:
        whose = "Leurs numéros portent" if len(plan.items) > 1 else "Son numéro porte"
        st.caption(
            f"{whose} ici le code du vendeur, car chaque boutique a son «\u00a01001\u00a0»\u00a0: "
            f"{escape_markdown(plan.action.seller_code)}-1001."
        )
    has_unknown = any("pas de produit de référence" in reason for item in plan.items for reason in item.reasons)
    if has_unknown or takes_unknown:
        st.checkbox(
            "Accepter les références inconnues du vendeur, comme articles hors catalogue",
            key="order_import_unknown",
            help="La référence d’origine reste lisible sur l’article\u00a0; aucun stock n’y est lié.",
        )
    st.checkbox(
        "Prévenir les clients et les vendeurs",
        key="order_import_notifies",
        help="Décoché\u00a0: aucun e-mail ni SMS. Une autre plateforme a déjà confirmé ces commandes à ses clients. "
        f"Coché\u00a0: comme une commande de la boutique, si elle a moins de {NEW_WITHIN.days} jours.",
    )
    st.caption(
        f"Ce que vendent les commandes de moins de {NEW_WITHIN.days} jours est retiré du stock des produits qui sont "
        "comptés, que l’on prévienne ou non."
    )


def _show_button(viewer: Viewer, plan: ImportPlan) -> None:
    going = len(plan.going)
    if not going:
        st.info(_why_nothing(plan), icon=":material/info:")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"Importer {formats.plural(going, 'commande')}",
            key="order_import_confirm",
            type="primary",
            icon=":material/upload:",
            on_click=_import,
            args=(viewer, plan),
        )
        if going > AT_ONCE:
            st.caption("Le travail de fond s’en charge\u00a0: vous pourrez quitter la page.", width="content")


def _why_nothing(plan: ImportPlan) -> str:
    known = len(plan.in_state(ImportItemState.KNOWN))
    if known and known == len(plan.items):
        if any(item.differs for item in plan.items):
            return (
                "Toutes les commandes de ce fichier sont déjà là\u00a0: un import n’y change rien. "
                "Corrigez sur leurs pages celles qui diffèrent."
            )
        return "Toutes les commandes de ce fichier sont déjà là\u00a0: il n’y a rien à importer."
    return "Aucune commande de ce fichier ne peut être créée\u00a0: les raisons sont ci-dessous."


@telling_refusals()
def _import(viewer: Viewer, plan: ImportPlan) -> None:
    notifies = bool(st.session_state.get("order_import_notifies", False))
    plan = replace(plan, action=replace(plan.action, notifies=notifies))
    with transaction() as session:
        task_id = start_import(session, Actor.person(viewer), plan, utc_now())
    st.session_state.pop(_PLAN, None)
    forget_counters()
    forget_choices()
    st.switch_page(TASKS.page(), query_params={TASK_PARAMETER: str(task_id)})


def _show_lists(lists: dict[str, list[PlannedOrder]]) -> None:
    filled = [name for name in _LISTS if lists[name]]
    if not filled:
        return
    chosen = st.segmented_control(
        "Commandes du fichier",
        filled,
        default=next((name for name in _FIRST_READ if name in filled), filled[0]),
        key=f"order_import_list_{'_'.join(filled)}",
        format_func=lambda name: f"{_LISTS[name]} {formats.integer(len(lists[name]))}",
        label_visibility="collapsed",
        required=True,
    )
    shown = lists[chosen or filled[0]]
    if chosen == "refused":
        _show_reasons(shown)
    table = examples(shown[:_EXAMPLES])
    st.dataframe(
        table,
        hide_index=True,
        key=f"order_import_examples_{chosen}",
        row_height=row_height_for(table[REMARK]),
        column_config=remark_column(),
        placeholder="",
    )
    if len(shown) > _EXAMPLES:
        st.caption(f"Les {_EXAMPLES} premières sur {formats.integer(len(shown))}.")


def _show_reasons(refused: list[PlannedOrder]) -> None:
    counts: dict[str, int] = {}
    for item in refused:
        for reason in item.reasons:
            counts[reason] = counts.get(reason, 0) + 1
    often = [each for each in sorted(counts.items(), key=lambda each: -each[1]) if each[1] > 1][:_REASONS]
    if often:  # What is said of one order alone stands on its row.
        st.markdown("  \n".join(f"**{formats.integer(count)}** · {escape_markdown(reason)}" for reason, count in often))


def examples(items: list[PlannedOrder]) -> pd.DataFrame:
    """Return some orders as the table shows them."""
    # Of an order that could not be read whole, half a total would mislead.
    orders = [None if item.read.faults else item.read.order for item in items]
    return pd.DataFrame(
        {
            "Dans le fichier": [item.read.place for item in items],
            "Commande": [item.read.order.number if item.read.order else item.read.reference for item in items],
            "Client": [item.read.order.customer_name if item.read.order else "" for item in items],
            "Articles": [sum(line.quantity for line in order.lines) if order else None for order in orders],
            "Total": [formats.money(order.sum_cents, order.currency) if order else "" for order in orders],
            REMARK: [" ".join(item.reasons or item.read.corrections) for item in items],
        }
    )
