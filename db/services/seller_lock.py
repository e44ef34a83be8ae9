"""Take turns over a seller: a run of payouts, a hold and a change of terms each wait for the others to end."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import NotFoundError
from db.models import Seller


def lock_seller(session: Session, seller_id: int) -> None:
    """Keep others who lock the seller waiting until the transaction ends; rows that name it are written meanwhile.

    Raises:
        NotFoundError: There is no such seller.
    """
    wanted = sa.select(Seller.id).where(Seller.id == seller_id).with_for_update(key_share=True)
    if session.scalar(wanted) is None:
        raise NotFoundError("Ce vendeur n’existe pas. Choisissez-en un dans la liste.")
