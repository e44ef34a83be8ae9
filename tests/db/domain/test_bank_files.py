"""Reading the bank's files: what they say of transfers, and what is no file of a bank."""

import datetime as dt

import pytest

from db.domain.bank_files import read_report
from db.domain.bank_reports import BankAnswer, Said, WrongReportError
from db.domain.xml_files import MAX_BYTES, UnreadableXmlError

DAY = dt.date(2026, 11, 20)


def document(message: str, body: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:{message}">'
        f"{body}</Document>"
    ).encode()


def status(group: str, parts: str = "") -> bytes:
    return document(
        "pain.002.001.10",
        "<CstmrPmtStsRpt><GrpHdr><MsgId>B1</MsgId><CreDtTm>2026-11-20T08:00:00+01:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>VIR-1</OrgnlMsgId>{group}</OrgnlGrpInfAndSts>{parts}</CstmrPmtStsRpt>",
    )


def transfer(reference: str, said: str, reason: str = "") -> str:
    return f"<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{said}</TxSts>{reason}</TxInfAndSts>"


def entry(direction: str, details: str, *, state: str = "<Sts><Cd>BOOK</Cd></Sts>", amount: str = "30.97") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{state}'
        f"<BookgDt><Dt>2026-11-20</Dt></BookgDt><NtryDtls>{details}</NtryDtls></Ntry>"
    )


def statement(
    *entries: str, message: str = "camt.053.001.08", root: str = "BkToCstmrStmt", part: str = "Stmt"
) -> bytes:
    head = "<GrpHdr><CreDtTm>2026-11-20T23:00:00</CreDtTm></GrpHdr>"
    return document(message, f"<{root}>{head}<{part}>{''.join(entries)}</{part}></{root}>")


def details(reference: str, more: str = "") -> str:
    return f"<TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>{more}</TxDtls>"


def test_a_status_report_says_what_the_bank_makes_of_each_transfer() -> None:
    closed = "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>ACCOUNT CLOSED</AddtlInf></StsRsnInf>"
    own_code = "<StsRsnInf><Rsn><Prtry>X99</Prtry></Rsn><AddtlInf>Voir agence</AddtlInf></StsRsnInf>"
    told = "".join(
        (
            transfer("REV-000001", "ACCP"),
            transfer("REV-000002", "RJCT", closed),
            transfer("REV-000003", "RJCT", own_code),
            transfer("REV-000004", "ACSC"),
            transfer("REV-000005", "ZZZZ"),
        )
    )
    report = read_report(status("<GrpSts>PART</GrpSts>", f"<OrgnlPmtInfAndSts>{told}</OrgnlPmtInfAndSts>"))
    assert (report.label, report.created_on) == ("Compte rendu de virements (pain.002)", DAY)
    assert [(each.reference, each.said, each.code, each.words) for each in report.answers] == [
        ("REV-000001", Said.ACCEPTED, "", ""),
        ("REV-000002", Said.REJECTED, "AC04", "Compte clos"),
        ("REV-000003", Said.REJECTED, "X99", "Voir agence"),
        ("REV-000004", Said.PAID, "", ""),
        ("REV-000005", Said.UNCLEAR, "ZZZZ", "État « ZZZZ » inconnu"),
    ]
    assert {each.message_id for each in report.answers} == {"VIR-1"}


@pytest.mark.parametrize(
    ("code", "said"), [("FF01", Said.REJECTED), ("DUPL", Said.DUPLICATE), ("AM05", Said.DUPLICATE)]
)
def test_a_status_report_may_be_about_a_whole_file(code: str, said: Said) -> None:
    reason = f"<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>"
    (answer,) = read_report(status(reason)).answers
    assert (answer.said, answer.reference, answer.message_id, answer.code) == (said, "", "VIR-1", code)


def test_the_status_of_a_part_counts_before_that_of_the_file() -> None:
    part = "<OrgnlPmtInfAndSts><PmtInfSts>ACSP</PmtInfSts></OrgnlPmtInfAndSts>"
    assert [each.said for each in read_report(status("<GrpSts>ACTC</GrpSts>", part)).answers] == [Said.ACCEPTED]


def test_a_statement_tells_debits_and_what_came_back() -> None:
    back = "<RtrInf><Rsn><Cd>MD07</Cd></Rsn></RtrInf>"
    report = read_report(
        statement(
            entry("DBIT", details("REV-000001")),
            entry("CRDT", details("REV-000002", back)),
            entry("CRDT", details("REV-000003")),
            entry("DBIT", details("REV-000004"), state="<Sts><Cd>PDNG</Cd></Sts>"),
            entry("DBIT", ""),
        )
    )
    paid, returned, odd = report.answers
    assert paid == BankAnswer(Said.PAID, "REV-000001", "", DAY, 30_97, "EUR")
    assert (returned.said, returned.code, returned.words) == (Said.RETURNED, "MD07", "Titulaire décédé")
    assert odd.said is Said.UNCLEAR
    # A pending line and a line of something else.
    assert report.other_lines == 2


def test_bookings_keep_the_bank_s_references() -> None:
    refs = "<NtryRef>7</NtryRef><AcctSvcrRef>A1</AcctSvcrRef>"
    own = details("REV-000002").replace("<Refs>", "<Refs><AcctSvcrRef>T1</AcctSvcrRef>")
    # A line of one transfer goes by its own reference; of several, each has its own where the bank gives one.
    several = details("REV-000003", '<Amt Ccy="EUR">1</Amt>') + own.replace("</Refs>", '</Refs><Amt Ccy="EUR">2</Amt>')
    lines = [entry("DBIT", each).replace("<NtryDtls>", f"{refs}<NtryDtls>") for each in (own, several)]
    answers = read_report(statement(*lines, entry("DBIT", own), entry("DBIT", details("REV-000001")))).answers
    assert [(each.booking, each.line) for each in answers] == [
        ("A1", "7"), ("A1", "7"), ("T1", "7"), ("T1", ""), ("", ""),
    ]  # fmt: skip


def test_the_older_versions_of_statements_are_read_too() -> None:
    booked = "<Sts>BOOK</Sts>"
    two = details("REV-000001", '<AmtDtls><TxAmt><Amt Ccy="EUR">10.5</Amt></TxAmt></AmtDtls>') + details(
        "REV-000002", '<AmtDtls><TxAmt><Amt Ccy="EUR">20.47</Amt></TxAmt></AmtDtls>'
    )
    content = statement(
        entry("DBIT", two, state=booked),
        message="camt.054.001.02",
        root="BkToCstmrDbtCdtNtfctn",
        part="Ntfctn",
    )
    assert [each.cents for each in read_report(content).answers] == [10_50, 20_47]


def test_one_debit_for_a_whole_file_is_about_all_of_it() -> None:
    booked = entry("DBIT", "<Btch><PmtInfId>VIR-1</PmtInfId><NbOfTxs>3</NbOfTxs></Btch>", amount="100.00")
    (answer,) = read_report(statement(booked)).answers
    assert answer == BankAnswer(Said.PAID, "", "VIR-1", DAY, 100_00, "EUR")


@pytest.mark.parametrize(("amount", "cents"), [("5", 5_00), ("5.1", 5_10), (".05", 5), ("5.00000", 5_00)])
def test_amounts_are_whole_cents(amount: str, cents: int) -> None:
    (answer,) = read_report(statement(entry("DBIT", details("REV-000001"), amount=amount))).answers
    assert answer.cents == cents


@pytest.mark.parametrize("amount", ["5.001", "-5", "1e3", "²", "9" * 30, "", "5,00"])
def test_a_booking_whose_amount_is_not_readable_is_for_somebody_to_look_at(amount: str) -> None:
    (answer,) = read_report(statement(entry("DBIT", details("REV-000001"), amount=amount))).answers
    assert (answer.said, answer.cents, answer.words) == (Said.UNCLEAR, None, "Montant absent ou illisible")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (document("pain.001.001.09", ""), "c’est un fichier « pain.001.001.09 »"),
        (document("camt.052.001.08", ""), "camt.052.001.08"),
        (b"<html></html>", "c’est un fichier « html »"),
    ],
)
def test_another_file_is_told_from_a_report(content: bytes, sentence: str) -> None:
    with pytest.raises(WrongReportError, match=sentence):
        read_report(content)


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + b"".join(b'<!ENTITY lol%d "%s">' % (n, b"&lol%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]><Document>&lol9;</Document>"
)
THIEF = b'<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (BOMB, "DTD"),
        (THIEF, "DTD"),
        ("<!DOCTYPE x><x/>".encode("utf-16"), "DTD"),
        (b"<x>" * 100_000, "construit pour nuire"),
        (b"", "pas lisible"),
        (b"%PDF-1.7", "pas lisible"),
        (b"<Document>", "pas lisible"),
        (b"\xff\xfe\x00", "pas lisible"),
        (b" " * (MAX_BYTES + 1), "trop gros"),
    ],
)
def test_what_is_built_to_harm_or_broken_is_refused_in_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableXmlError, match=sentence):
        read_report(content)
