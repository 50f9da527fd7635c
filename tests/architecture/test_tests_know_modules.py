"""Whoever opens a module finds its test by name: every module is looked at by a test that is named after it or its room."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from tests.architecture.papers import PRODUCT, ROOT, modules, shown, texts_in
from tests.faults.rooms import ROOMS

ALSO_CALLED: Final = {"queue_display": "display", "backend.web.desk": "pages", "kiosk.paper": "printer"}
"""Rooms whose tests say what people call them."""

RUN_BY: Final[Mapping[str, str]] = {
    "backend.demo.played_visit": "tests/e2e/test_demo_one_visit.py::test_every_step_happened_in_the_order_of_a_visit",
    "backend.cards.many_persons": "tests/integration/test_exchange_round_trip.py::test_nobody_is_named_who_was_erased",
    "backend.reservations.many_bookings": "tests/integration/test_exchange_round_trip.py::test_nobody_is_named_who_was_erased",
    "backend.reception.storing.visit_records": "tests/integration/test_handing_back_visits.py::test_a_card_that_came_back_counts_once",
    "backend.cards.card_counts": "tests/integration/test_figures_of_work.py::test_a_card_counts_as_far_as_it_is_known_to_have_come",
    "backend.demo.page_guard": "tests/integration/test_demo_page.py::test_another_page_in_the_same_browser_is_refused",
    "backend.printing.notice_steps": "tests/integration/test_printing_notice_sheet.py::test_there_are_four_boxes_to_tick_and_three_steps",
    "backend.reception.calling": "tests/integration/test_reception_calling.py::test_a_whole_visit_leaves_its_events_in_order",
    "backend.reception.issuance": "tests/integration/test_reception_calling.py::test_issuance_is_for_issuance_windows",
    "backend.reception.storing.visit_counts": "tests/integration/test_figures_of_work.py::test_every_row_is_counted_once_in_its_place",
    "backend.reception.storing.ticket_rows": "tests/integration/test_check_in.py::test_the_same_notice_on_the_same_day_is_the_same_ticket",
    "backend.reception.telling": "tests/integration/test_waiting_time.py::test_a_break_at_noon_is_not_promised_away",
    "backend.reception.windows": "tests/integration/test_reception_calling.py::test_a_window_left_behind_can_be_taken_with_its_visitor",
    "backend.reception.check_keeping": "tests/integration/test_reception_party_checks.py::test_a_hand_over_of_what_was_not_seen_is_refused",
    "backend.reception.check_reading": "tests/integration/test_reception_party_checks.py::test_each_card_of_a_party_has_a_checklist_of_its_own",
    "backend.reception.refusing": "tests/integration/test_check_in.py::test_a_refusal_of_the_kiosk_is_counted_once",
    "backend.reception.tying": "tests/integration/test_reception_tying.py::test_a_card_is_found_by_a_whole_number_and_tied",
    "backend.reservations.booking_counts": "tests/integration/test_figures_of_work.py::test_every_row_is_counted_once_in_its_place",
    "backend.storage.late_connections": "tests/integration/test_storage_kept_connection.py::test_a_connection_that_is_given_back_after_the_end_is_closed",
    "backend.protection.live_sessions": "tests/integration/test_pages_parts.py::test_who_is_signed_in_is_asked_once_for_all_windows",
    "backend.protection.own_sessions": "tests/integration/test_pages_account.py::test_one_sees_the_own_sessions_and_ends_the_others",
    "backend.web.desk.account_view": "tests/integration/test_pages_account.py::test_who_has_no_page_of_work_begins_with_the_own_account",
    "backend.web.desk.roster_view": "tests/integration/test_pages_roster.py::test_a_handler_is_entered_and_sets_the_own_password_once",
    "backend.web.desk.error_answers": "tests/integration/test_pages_clerk.py::test_an_unexpected_error_is_a_page_that_tells_nothing",
    "backend.web.desk.office_choice": "tests/integration/test_pages_office.py::test_choosing_twice_is_choosing_once",
    "backend.exchange.trail_csv": "tests/integration/test_audit_cli.py::test_entries_are_exported_by_day_and_entered",
    "backend.web.desk.trail_view": "tests/integration/test_pages_trail.py::test_who_looked_at_a_card_is_found_by_its_number",
    "backend.web.http.refused_requests": "tests/integration/test_trail_of_refusals.py::test_every_page_that_refuses_somebody_says_so_in_the_trail",
    "backend.web.stream.sealing": "tests/integration/test_trail_sealing.py::test_a_server_seals_by_itself_and_when_it_stops",
    "backend.web.desk.page_route": "tests/integration/test_pages_clerk.py::test_a_body_that_is_no_form_of_ours_is_refused",
    "backend.reception.ending": "tests/integration/test_reception_exits.py::test_a_party_of_which_one_card_is_not_issued_ends_as_issued_and_loses_no_line",
    "backend.web.desk.staff_cards": "tests/integration/test_pages_staff_exits.py::test_each_card_of_a_party_has_its_own_button_and_there_is_none_for_all",
    "backend.web.desk.staff_ticket_view": "tests/integration/test_pages_staff_exits.py::test_each_card_has_its_own_tab_and_its_own_line_in_the_trail",
    "backend.web.desk.staff_view": "tests/integration/test_pages_staff.py::test_details_are_of_visitors_with_the_staff_only",
    "backend.web.devices.device_commands": "tests/integration/test_command_route.py::test_every_command_of_a_device_is_answered",
    "backend.web.devices.device_routes": "tests/integration/test_device_routes.py::test_every_device_route_needs_a_token",
    "backend.web.devices.device_token": "tests/integration/test_command_route.py::test_a_stranger_learns_that_first_and_nothing_of_the_body",
    "backend.web.graph": "tests/integration/test_device_routes.py::test_a_kiosk_learns_what_a_typed_number_can_be",
    "backend.web.http.methods": "tests/integration/test_http_methods.py::test_a_refused_method_is_told_all_that_there_are",
    "backend.web.stream.housekeeping": "tests/integration/test_stream.py::test_housekeeping_drops_what_is_old_and_keeps_every_place_in_the_log",
    "kiosk.screens.bring": "tests/ui/test_kiosk_app.py::test_what_to_bring_is_read_in_ones_language_and_left",
    "kiosk.screens.cues": "tests/ui/test_kiosk_ease.py::test_the_bar_tells_the_time_that_is_left",
    "kiosk.screens.bring_things": "tests/ui/test_kiosk_ticket.py::test_other_shapes_of_windows_show_everything",
    "kiosk.screens.time_bar": "tests/ui/test_kiosk_ticket.py::test_a_touch_anywhere_keeps_the_number",
    "kiosk.screens.drawing": "tests/ui/test_kiosk_welcome.py::test_the_drawing_turns_while_the_first_screen_is_seen",
    "kiosk.screens.frame": "tests/ui/test_kiosk_ease.py::test_every_screen_is_worn_anew_and_the_usual_look_comes_back",
    "kiosk.screens.joining": "tests/ui/test_kiosk_visit.py::test_a_family_holds_up_one_notice_after_the_other",
    "kiosk.screens.lazy_screens": "tests/ui/test_kiosk_ease.py::test_every_screen_is_worn_anew_and_the_usual_look_comes_back",
    "kiosk.screens.ticket_parts": "tests/ui/test_kiosk_layout.py::test_every_text_is_whole_and_inside_its_place",
    "kiosk.screens.watching": "tests/ui/test_kiosk_visit.py::test_a_family_holds_up_one_notice_after_the_other",
    "kiosk.session.asking": "tests/unit/test_kiosk_session.py::test_a_refused_request_ends_on_a_screen",
    "kiosk.screens.keypad": "tests/ui/test_kiosk_presses.py::test_keys_stay_where_they_are_while_a_number_is_typed",
    "kiosk.screens.look": "tests/architecture/test_one_look.py::test_each_program_begins_in_the_light_with_the_sizes_of_its_surface",
    "kiosk.screens.notice": "tests/ui/test_kiosk_app.py::test_a_closed_office_says_when_it_opens",
    "kiosk.screens.preview": "tests/ui/test_kiosk_app.py::test_the_preview_looks_often_only_while_something_moves",
    "kiosk.screens.question": "tests/ui/test_kiosk_visit.py::test_a_slow_typist_is_asked_before_the_screen_goes",
    "kiosk.screens.signs": "tests/ui/test_kiosk_layout.py::test_every_text_is_whole_and_inside_its_place",
    "kiosk.screens.ticket": "tests/ui/test_kiosk_visit.py::test_a_failed_print_leaves_the_number_valid_and_can_be_repeated",
    "kiosk.screens.trouble": "tests/ui/test_kiosk_visit.py::test_the_wrong_day_is_told_and_help_is_one_tap_away",
    "kiosk.screens.walk_in": "tests/ui/test_kiosk_visit.py::test_two_impatient_taps_make_one_number",
    "kiosk.screens.welcome": "tests/ui/test_kiosk_welcome.py::test_without_a_camera_nothing_is_asked_of_it",
    "queue_display.board_view": "tests/ui/test_display_board.py::test_every_state_of_the_hall_has_its_words",
    "queue_display.board_widgets": "tests/ui/test_display_board.py::test_nothing_lies_on_anything_else",
    "queue_display.plan": "tests/ui/test_display_board.py::test_everything_is_drawn_where_the_plan_says",
    "queue_display.plan_bands": "tests/ui/test_display_board.py::test_texts_stay_on_their_ground",
    "queue_display.plan_calls": "tests/ui/test_display_board.py::test_every_call_of_a_scene_is_drawn",
    "queue_display.plan_quiet": "tests/ui/test_display_board.py::test_every_state_of_the_hall_has_its_words",
    "queue_display.speech": "tests/ui/test_display_board.py::test_every_further_language_has_its_turn",
}
"""Modules that are wiring, commands on a database or windows, each with a test that meets it as people do: by address or on a screen."""

EXCEPTIONS: Final[Mapping[str, str]] = {
    "backend.bootstrap": "builds the house that nearly every test of the server stands in",
    "backend.ward_rules": "settings to rules in a few lines; what it refuses is in tests/integration/test_number_files.py",
    "backend.exchange.sample_people": "invented names without behaviour",
    "kiosk.paper.ports": "names without a body",
    "kiosk.screens.visitor_actions": "names without a body",
    "kiosk.virtual.virtual_printer": "runs in most tests of printers, by tests/running_printer.py",
}
"""Modules that no test so named looks at, each with the reason."""


def dotted(path: Path) -> str:
    """The name of a module as an import says it."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def product_modules() -> dict[str, ast.Module]:
    """Every module of the product that is more than a door, a beginning or a migration."""
    return {
        dotted(path): tree
        for path, tree in modules(*PRODUCT).items()
        if path.name not in {"__init__.py", "__main__.py"} and "migrations" not in path.parts
    }


@cache
def doors() -> Mapping[str, str]:
    """Every name that a room's door has, and the module that it comes from."""
    found = {}
    for program in PRODUCT:
        for door in (ROOT / program).rglob("__init__.pyi"):
            room = dotted(door.parent)
            for node in ast.parse(door.read_text("utf-8")).body:
                if isinstance(node, ast.ImportFrom):
                    for name in node.names:
                        found[f"{room}.{name.asname or name.name}"] = ".".join(
                            filter(None, (room, node.module))
                        )
    return found


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported anywhere in a file, by its path or through a door."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            yield node.module
            whole = (f"{node.module}.{name.name}" for name in node.names)
            yield from (doors().get(name, name) for name in whole)


def is_about(test: str, module: str) -> bool:
    """Whether the name of a test's file says a module or its room.

    ``test_NAME`` begins with the module's own name (``test_wire_limits`` is not about ``wire.digits`` by that), or with
    a room that it lies in (``test_…_cli`` is of the room of commands); rooms may lead to the name (``test_protection_waits``). A whole program is no room, except
    for what lies in it directly; the windows of a kiosk are the kiosk to ``tests/ui``.
    """
    *above, own = module.split(".")
    rooms = [".".join(above[: count + 1]) for count in range(len(above))]
    left = Path(test).stem.removeprefix("test_")
    if test.startswith("tests/ui/test_kiosk_") and "kiosk.screens" in rooms:
        return True
    if left.endswith("_cli") and is_command(module):
        return True
    in_a_room = False
    for _ in rooms:
        if begins_with(left, own):
            return True
        for room in rooms:
            for name in {room.rpartition(".")[2], ALSO_CALLED.get(room, room)}:
                if left and begins_with(left, name):
                    in_a_room = in_a_room or "." in room or (room == ".".join(above) != "backend")
                    left = left.removeprefix(name).removeprefix("_")
    return in_a_room or begins_with(left, own)


def is_command(module: str) -> bool:
    """Whether a module is a command or a part of one."""
    return ".cli." in module


@cache
def commands() -> Mapping[str, str]:
    """Every module of a command, and the word that is typed for it."""
    found = {}
    for tree in (tree for path, tree in modules(*PRODUCT).items() if path.name == "__main__.py"):
        for table in (node for node in ast.walk(tree) if isinstance(node, ast.Dict)):
            for word, module in zip(table.keys, table.values, strict=True):
                if isinstance(word, ast.Constant) and isinstance(module, ast.Constant):
                    found[str(module.value)] = str(word.value)
    return found


def begins_with(words: str, name: str) -> bool:
    """Whether words joined by lines begin with others."""
    return f"{words}_".startswith(f"{name}_")


_FUNCTION: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


class House:
    """The product and its tests, as their imports show them."""

    def __init__(self) -> None:
        self.product = product_modules()
        self.imports = {name: set(imported(tree)) for name, tree in self.product.items()}
        files = {shown(path): tree for path, tree in modules("tests").items()}
        self.tests = {name: tree for name, tree in files.items() if Path(name).name.startswith("test_")}
        self.looks = {name: set(imported(tree)) for name, tree in files.items()}
        self.words = {name: set(texts_in(tree)) for name, tree in self.tests.items()}
        self.run = {name: self._run(name) for name in self.tests}

    def reached(self, test: str) -> set[str]:
        """Every module of the product that a test sets going, whatever leads there."""
        seen: set[str] = set()
        ahead = list(self.run[test])
        while ahead:
            if (one := ahead.pop()) in self.product and one not in seen:
                seen.add(one)
                ahead.extend(self.imports[one])
        return seen

    def _run(self, test: str) -> set[str]:
        """What a test imports itself, in its folder's conftest, or in what tests share; and the commands that it names."""
        seen = {module for module, word in commands().items() if word in self.words[test]}
        ahead = [test, f"{Path(test).parent.as_posix()}/conftest.py"]
        while ahead:
            for name in self.looks.get(ahead.pop(), ()):
                if name not in seen:
                    seen.add(name)
                    ahead.append(f"{name.replace('.', '/')}.py")
        return seen

    def looks_at(self, test: str, module: str) -> bool:
        """Whether a test has to do with a module, whatever its name.

        It imports it, or its names through a door; or it must notice faults in it (``tests/faults/rooms.py``); or it
        gives the command, or a command that calls it.
        """
        if module in self.looks[test] or Path(test).stem.removeprefix("test_") in ROOMS.get(module, ()):
            return True
        given = [one for one in self.run[test] if one in self.product and is_command(one)]
        return module in given or any(module in self.imports[one] for one in given)

    def subjects(self, module: str) -> Iterable[str]:
        """What a test of a module may be named after: it or, of a command, what it starts."""
        if not is_command(module):
            return (module,)
        started = {name for name in self.imports[module] if name in self.product}
        return (module, *started, *(f"{name}.any" for name in started))

    def is_known(self, module: str) -> bool:
        """Whether some test so named looks at a module."""
        return any(
            self.looks_at(test, module) and any(is_about(test, one) for one in self.subjects(module))
            for test in self.tests
        )


@cache
def the_house() -> House:
    """The house, looked through once."""
    return House()


def test_every_module_is_looked_at_by_a_test_of_its_name() -> None:
    """A module that nobody tests, or whose test nobody finds, does not come in; an exception that is none goes."""
    house = the_house()
    assert len(house.product) > 300
    unknown = {module for module in house.product if not house.is_known(module)}
    assert unknown == {*EXCEPTIONS, *RUN_BY}


def test_a_module_without_a_test_of_its_own_is_met_by_the_test_that_is_named() -> None:
    """Whoever changes wiring or a window finds the test that sets it going; a test that is renamed or gone is noticed."""
    house = the_house()
    for module, place in RUN_BY.items():
        test, _, name = place.partition("::")
        assert test in house.tests, place
        assert name in {node.name for node in house.tests[test].body if isinstance(node, _FUNCTION)}, place
        assert module in house.reached(test), (module, place)


def test_a_name_says_a_module_or_its_room() -> None:
    """The rule itself: a program is no room, a beginning of a word is no name, and rooms may lead."""
    assert is_about("tests/unit/test_exchange_dates.py", "backend.exchange.dates")
    assert is_about("tests/unit/test_dates_of_papers.py", "backend.exchange.dates")
    assert is_about("tests/unit/test_exchange_sample.py", "backend.exchange.dates")
    assert is_about("tests/integration/test_pages_staff.py", "backend.web.desk.staff_view")
    assert is_about("tests/unit/test_kiosk_config.py", "kiosk.config")
    assert not is_about("tests/unit/test_dateslips.py", "backend.exchange.dates")
    assert not is_about("tests/unit/test_kiosk_config.py", "kiosk.camera.device")
    assert not is_about("tests/unit/test_reservations_dates.py", "backend.exchange.dates")


def test_a_name_through_a_door_leads_to_its_module() -> None:
    """Whoever imports from a room has imported from the module that the name stands in."""
    tree = ast.parse("from backend.reception import CheckIn\nfrom backend.storage import gate\n")
    assert {"backend.reception.check_in", "backend.storage.gate"} <= set(imported(tree))
