"""The pure modules, and for each the tests that know it, the closest first.

A module is pure if it uses no storage, connection, window or thread. Tests that take milliseconds must notice a fault
in one. ``tests/unit/test_faults.py`` keeps the list complete.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.faults.trial import Room

_DOCUMENTS = (
    "documents_cases",
    "documents_table",
    "documents_bring",
    "documents_history",
    "documents_holders",
    "documents_guide",
    "documents_words",
    "checklist_flaws",
    "checklist_visits",
    "documents_properties",
)
_VALUES = (*_DOCUMENTS, "documents_rule_fields", "documents_comparison")
_RULES = ("documents_rule_fields", "documents_rule_files", "documents_layers", "documents_table")
_FLOW = (
    "visit_flow",
    "visit_flow_kept",
    "visit_flow_bring",
    "typed_number",
    "visit_outcome_presenter",
    "visit_flow_limits",
)
_HALL = ("hall_limits", "board", "announce", "board_screen")

ROOMS: Final[Mapping[str, tuple[str, ...]]] = {
    "backend.documents.model.ages": ("documents_ages", *_DOCUMENTS),
    "backend.documents.judging.assessment": ("documents_notes", *_DOCUMENTS),
    "backend.documents.judging.bring": ("documents_bring", "bring_view", "notice_reverse", *_DOCUMENTS),
    "backend.documents.judging.card_expiry": _DOCUMENTS,
    "backend.documents.judging.checklist": _DOCUMENTS,
    "backend.documents.judging.comparison": (
        "documents_comparison",
        "rules_cli",
    ),
    "backend.documents.model.errors": (
        "documents_errors",
        *_RULES,
    ),
    "backend.documents.judging.explanation": (
        "documents_explanation",
        *_DOCUMENTS,
    ),
    "backend.documents.files.document_reader": (*_RULES, "checklist_flaws"),
    "backend.documents.judging.fees": _DOCUMENTS,
    "backend.documents.judging.guide": ("documents_guide", *_DOCUMENTS),
    "backend.documents.files.guide_reader": ("documents_guide", *_RULES),
    "backend.documents.saying.handbook": ("rules_cli",),
    "backend.documents.judging.notes": ("documents_notes", *_DOCUMENTS),
    "backend.documents.files.policy_file": _RULES,
    "backend.documents.files.recipient_reader": (
        *_RULES,
        "documents_table",
    ),
    "backend.documents.files.rule_blame": _RULES,
    "backend.documents.files.rule_book": _RULES,
    "backend.documents.files.rule_sense": ("documents_rule_files", *_RULES),
    "backend.documents.judging.grounds": ("documents_grounds", *_DOCUMENTS),
    "backend.documents.files.rule_check": _RULES,
    "backend.documents.files.rule_file": _RULES,
    "backend.documents.files.rule_layers": _RULES,
    "backend.documents.files.rule_notes": _RULES,
    "backend.documents.files.rule_reader": _RULES,
    "backend.documents.files.value_reader": ("documents_value_reader", *_RULES),
    "backend.documents.model.rule_set": (
        *_RULES,
        "documents_guide",
        "documents_bring",
        "checklist_flaws",
        "documents_holders",
    ),
    "backend.documents.model.age_rules": _VALUES,
    "backend.documents.model.cited": _VALUES,
    "backend.documents.model.combinations": _VALUES,
    "backend.documents.model.document": _VALUES,
    "backend.documents.model.fact": _VALUES,
    "backend.documents.model.missing": _VALUES,
    "backend.documents.model.note_rule": _VALUES,
    "backend.documents.model.paper_rules": _VALUES,
    "backend.documents.model.persons": _VALUES,
    "backend.documents.model.questions": _VALUES,
    "backend.documents.model.recipient": _VALUES,
    "backend.documents.saying.search": ("documents_bring",),
    "backend.documents.judging.next_step": _DOCUMENTS,
    "backend.documents.judging.tally": _DOCUMENTS,
    "backend.documents.saying.open_rules": ("documents_open_rules",),
    "backend.documents.model.policy": (
        "documents_notes",
        "documents_open_rules",
        "checklist_flaws",
        *_DOCUMENTS,
    ),
    "backend.documents.model.shown": (
        "documents_errors",
        "checklist_flaws",
        "checklist_visits",
    ),
    "backend.documents.model.own_source": ("checklist_flaws",),
    "backend.documents.model.visit": _DOCUMENTS,
    "backend.documents.saying.visitor_words": ("documents_explanation", "documents_bring", *_DOCUMENTS),
    "backend.documents.saying.verdict_words": ("documents_words", *_DOCUMENTS),
    "backend.offices.day": ("offices",),
    "backend.offices.directory": ("offices", "hours"),
    "backend.offices.hours": ("hours", "offices"),
    "backend.offices.office": ("hours", "offices"),
    "backend.reception.estimate": ("estimate",),
    "backend.reception.order": ("reception_order",),
    "backend.reception.queue_policy": ("reception_policy", "estimate", "office_settings"),
    "backend.reservations.code_patterns": ("reservations_notice_code", "exchange_limits"),
    "backend.exchange.csv_file": ("exchange_csv_file", "exchange_parsing", "exchange_limits"),
    "backend.exchange.dates": ("exchange_dates", "exchange_mapping", "exchange_date_limits"),
    "backend.exchange.column_purpose": ("exchange_limits", "reservations_numbers"),
    "backend.exchange.likely_years": ("exchange_parsing",),
    "backend.exchange.mapping": (
        "exchange_mapping",
        "exchange_limits",
        "exchange_file_limits",
    ),
    "backend.exchange.person_names": ("exchange_person_names", "exchange_parsing"),
    "backend.reservations.notice_code": ("reservations_notice_code",),
    "backend.reservations.numbers": (
        "reservations_numbers",
        "exchange_file_limits",
        "reservations_number_shapes",
    ),
    "backend.exchange.parsing": ("exchange_file_limits", "exchange_parsing"),
    "backend.exchange.record": ("exchange_parsing", "exchange_file_limits"),
    "backend.exchange.refusals": ("exchange_file_limits", "exchange_csv_file"),
    "backend.exchange.spreadsheet": ("exchange_spreadsheet",),
    "backend.exchange.times": ("exchange_times", "exchange_date_limits"),
    "backend.exchange.weekdays": ("exchange_dates", "exchange_times"),
    "backend.common.field_text": (
        "reservations_numbers",
        "exchange_dates",
        "exchange_parsing",
        "exchange_person_names",
    ),
    "backend.wire.aim_prefix": ("aim_prefix", "wire_limits"),
    "backend.wire.check_digit": ("wire_limits", "reservations_number_shapes"),
    "backend.wire.code_shape": ("wire_limits", "code_book"),
    "backend.wire.codes": ("wire_limits", "code_book", "offices"),
    "backend.wire.digits": ("my_number", "wire_number_spans"),
    "backend.wire.field_shape": ("my_number", "wire_number_spans", "wire_number_paths"),
    "backend.wire.messages": ("wire_limits", "backend_client", "board"),
    "backend.wire.my_number": ("my_number", "wire_limits"),
    "kiosk.reading.code_book": ("code_book", "selection"),
    "backend.wire.escapes": ("wire_escapes",),
    "kiosk.reading.costs": ("costs",),
    "backend.common.receipt.escpos_job": ("escpos_job", "ticket_cli"),
    "kiosk.virtual.escpos_reader": ("escpos_reader", "escpos_job"),
    "kiosk.camera.exposure": ("exposure",),
    "kiosk.visit.flow": ("visit_flow", "visit_flow_kept", "visit_flow_bring", "visit_flow_limits"),
    "kiosk.reading.detection": ("selection", "reading_ladder"),
    "kiosk.hand.key_burst": ("key_burst", "aim_prefix"),
    "kiosk.visit.keypad_steps": ("typed_number", *_FLOW),
    "kiosk.visit.outcome_presenter": ("visit_outcome_presenter", *_FLOW),
    "kiosk.paper.ticket_paper": ("kiosk_paper",),
    "kiosk.paper.printer_answers": ("printer_answers", "printer_commands"),
    "kiosk.paper.printer_commands": ("printer_commands", "printer_answers", "virtual_printer"),
    "kiosk.paper.printer_confirm": ("printer_confirm", "printer_answers"),
    "kiosk.virtual.printer_modes": ("printer_commands", "virtual_printer", "printer_cli"),
    "kiosk.paper.printer_state": ("printer_commands", "printer", "printer_answers"),
    "kiosk.paper.printer_turns": ("printer_turns",),
    "kiosk.screens.press_guard": ("press_guard",),
    "kiosk.reading.selection": ("selection",),
    "kiosk.visit.transition": ("visit_transition", *_FLOW),
    "kiosk.visit.texts": ("visit_texts", "time_of_day", "visit_outcome_presenter"),
    "kiosk.visit.ticket_steps": _FLOW,
    "kiosk.visit.typed_number": ("typed_number", "visit_texts", *_FLOW),
    "kiosk.visit.presenter": ("visit_presenter", "visit_outcome_presenter", "press_guard"),
    "kiosk.visit.presentation": ("visit_presenter", "visit_outcome_presenter"),
    "kiosk.visit.effects": _FLOW,
    "kiosk.visit.inputs": _FLOW,
    "kiosk.visit.screens": _FLOW,
    "kiosk.visit.server_steps": _FLOW,
    "kiosk.visit.state": _FLOW,
    "kiosk.visit.surroundings": ("surroundings", *_FLOW),
    "queue_display.announce": _HALL,
    "queue_display.board": _HALL,
    "queue_display.places": ("places", "board_screen"),
    "queue_display.hall_screen": _HALL,
    "backend.common.catalogue": ("catalogue", "visit_texts", "line_breaks"),
    "backend.common.tokyo": ("exchange_date_limits", "exchange_times", "hours"),
    "backend.common.time_of_day": ("time_of_day",),
    "backend.common.readings": ("readings",),
    "backend.common.toml_file": ("toml_file", "offices", "exchange_mapping"),
    "backend.common.device_kit.touch_source": ("touch_source",),
    "backend.common.device_kit.window_program": ("device_kit",),
    "backend.common.validation_words": ("toml_file", "offices", "exchange_mapping"),
}
"""Each pure module and the files of ``tests/unit`` that know it, without ``test_``."""

LEFT_OUT: Final[Mapping[str, str]] = {
    "backend.common.shipped": "finds files",
    "backend.common.device_kit.label_face": "measures with a window's fonts; tried in tests/ui",
    "backend.reception.check_seen": "what two pages of one check lose; tried with the pages in tests/integration",
    "backend.reception.errors": "sentences of errors",
    "backend.wire.origin": "tried with settings and sign-ins in tests/integration/test_http_proxies.py",
    "backend.exchange.booked_hours": "asks the offices; tried with the import in tests/integration",
    "backend.printing.notice_bring": "what it puts on the sheet is read from the sheet in tests/integration",
    "backend.exchange.sample": "invents people for demonstrations; any others would do",
    "backend.common.device_kit.device_settings": "defaults of settings; the papers are compared with them",
    "backend.common.device_kit.device_clock": "holds the machine's clock; tried in tests/integration/test_time.py",
    "kiosk.config": "defaults of settings; the papers are compared with them",
    "kiosk.paper.ports": "names without a body",
    "kiosk.screens.rehearsal": "makes every screen once so that the first visitor does not wait",
    "kiosk.visit.scenes": "pictures for tests and for looking at",
    "kiosk.virtual.paper": "writes files",
    "queue_display.chime": "makes a sound; heard, not decided",
    "queue_display.config": "defaults of settings; the papers are compared with them",
    "queue_display.scenes": "pictures for tests and for looking at",
}
"""Modules that import nothing of the world and yet are no rules, with the reason."""


def room_of(module: str, root: Path) -> Room:
    """A module of the table with its files."""
    tests = [
        p
        for p in dict.fromkeys(root / "tests" / "unit" / f"test_{name}.py" for name in ROOMS[module])
        if p.exists()
    ]
    return Room(module, root.joinpath(*module.split(".")).with_suffix(".py"), tuple(tests), root)
