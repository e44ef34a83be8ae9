"""The Streamlit script, run on every click: who is there, where they may go, the page they asked for."""

from pathlib import Path

import streamlit as st

try:
    from dashboard.files.bar import show_file_bar
    from dashboard.flash import show_flashes
    from dashboard.global_search import show_global_search
    from dashboard.markdown import escape_markdown
    from dashboard.navigation import LOGO, sections
    from dashboard.viewer import sign_out, signed_in
    from dashboard.work.health import show_banner
except ModuleNotFoundError as error:
    if error.name != "dashboard":
        raise
    # « streamlit run » has another idea of where modules are; it has no gate either.
    st.error("Ce tableau de bord ne s’ouvre pas ainsi. Démarrez-le avec\u00a0: `python -m dashboard`")
    st.stop()

_SHELL_CSS = Path(__file__).resolve().parent / "static" / "shell.css"
_SIDEBAR_WIDTH = 210

st.set_page_config(page_icon=LOGO, layout="wide", initial_sidebar_state=_SIDEBAR_WIDTH)
st.html(_SHELL_CSS)
here = signed_in()
viewer = here.viewer
st.logo(LOGO, size="large")
page = st.navigation(sections(viewer), position="sidebar", expanded=True)
with st.sidebar:
    # An account may be named after its role.
    names = dict.fromkeys((viewer.name, viewer.role.label))
    st.caption("  \n".join(map(escape_markdown, names)))
    st.button(
        "Se déconnecter", key="sign_out", icon=":material/logout:", type="tertiary", on_click=sign_out, args=(here,)
    )
show_flashes()
show_banner(viewer, page.url_path)
show_global_search()
show_file_bar(viewer, page.url_path)
page.run()
