"""How a shop's developer begins: a first order with curl, and where the rest is described."""

import streamlit as st

from db.settings import settings


def show_example() -> None:
    """Draw a request that works once the token and the seller's code are filled in."""
    st.subheader("Premier essai", anchor=False)
    st.write("Pour le développeur de la boutique\u00a0: cette demande crée une commande non payée.")
    st.code(example(), language="bash", wrap_lines=True)
    st.link_button("Document OpenAPI", f"{settings().public_url}/api/v1/openapi.json", icon=":material/data_object:")
    st.caption(
        "Ce document décrit chaque demande, avec des exemples. Le mode d’emploi complet (clés d’idempotence, "
        "paiements, erreurs, limites) est livré avec l’application\u00a0: demandez le fichier "
        "docs/api.md à l’administrateur technique."
    )


def example() -> str:
    """Return the request as it is typed in a terminal."""
    return (
        f"curl {settings().public_url}/api/v1/orders \\\n"
        '  -H "Authorization: Bearer $TOKEN" \\\n'
        '  -H "Idempotency-Key: essai-1" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        """  -d '{"seller_code": "THE", "lines": """
        """[{"name": "Thé vert bio", "quantity": 2, "unit_price_cents": 1250}]}'"""
    )
