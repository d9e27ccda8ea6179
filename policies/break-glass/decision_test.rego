package break_glass_test

import data.break_glass

_person(id, roles) := {"id": id, "kind": "person", "active": true, "guest": false, "roles": roles, "teams": []}

_alice := _person("alice", ["engineer"])

_bob := _person("bob", ["engineer", "approver"])

_dan := _person("dan", ["security", "codex-hps"])

_system := {
	"id": "orders-db",
	"owner_team": "platform",
	"approver_roles": ["approver"],
	"user_roles": ["engineer", "approver"],
	"break_glass": {"maximum_minutes": 60, "self_declared": "allowed", "self_declared_severities": ["sev-1"]},
}

_use := {
	"action": "use",
	"now_ms": 1000,
	"actor": _alice,
	"user": _alice,
	"system": _system,
	"alerted": [{"principal": _dan, "reachable": true}],
	"overdue_justifications": 0,
	"open_before": 0,
	"overdue_reviews": 0,
	"terms": {"basis": "incident", "severity": "sev-1", "what_length": 40, "confirmed": true},
	"use": null,
	"review": null,
}

_review := object.union(_use, {
	"action": "sign_off",
	"actor": _bob,
	"terms": null,
	"review": {"state": "review_open", "owner": _dan, "complete": true, "as_read": true, "rotated": true, "unsettled": 0},
})

_with(base, change) := object.union(base, change)

_rules(answer) := {reason.rule | some reason in answer.reasons}

_refused(given, rule) if {
	answer := break_glass.decision with input as given
	answer.effect == "deny"
	rule in _rules(answer)
}

test_a_verified_incident_opens_the_whole_window if {
	answer := break_glass.decision with input as _use
	answer.effect == "allow"
	answer.obligations == [{"kind": "window", "minutes": 60, "self_declared": false}]
}

test_ones_own_word_costs_time if {
	answer := break_glass.decision with input as _with(_use, {"terms": {"basis": "self_declared"}})
	answer.effect == "allow"
	answer.obligations == [{"kind": "window", "minutes": 30, "self_declared": true}]
}

test_an_alert_that_nobody_took_makes_it_ones_own_word if {
	given := _with(_use, {"action": "check_out", "terms": {"basis": "self_declared"}})
	answer := break_glass.decision with input as given
	answer.effect == "allow"
	answer.obligations == [{"kind": "window", "minutes": 30, "self_declared": true}]
	_refused(_with(given, {"system": {"break_glass": {"self_declared": "denied"}}}), "break-glass.no_emergency")
}

test_without_a_window_nothing_begins if {
	answer := break_glass.decision with input as _with(_use, {"action": "check_out", "terms": {"basis": "rumour"}})
	answer.effect == "deny"
}

test_ones_own_word_is_not_enough_everywhere if {
	given := _with(_use, {"terms": {"basis": "self_declared"}, "system": {"break_glass": {"self_declared": "denied"}}})
	_refused(given, "break-glass.no_emergency")
}

test_ones_own_word_counts_for_the_worst_alone_unless_the_system_says_otherwise if {
	given := _with(_use, {"terms": {"basis": "self_declared", "severity": "sev-2"}})
	every action in {"use", "check_out"} {
		_refused(_with(given, {"action": action}), "break-glass.not_severe_enough")
	}
	_refused(_with(given, {"terms": {"severity": null}}), "break-glass.not_severe_enough")
	wider := _with(given, {"system": {"break_glass": {"self_declared_severities": ["sev-1", "sev-2"]}}})
	answer := break_glass.decision with input as wider
	answer.effect == "allow"
	vouched := break_glass.decision with input as _with(given, {"terms": {"basis": "incident"}})
	vouched.effect == "allow"
}

test_an_overdue_review_closes_ones_own_word if {
	_refused(_with(_use, {"terms": {"basis": "self_declared"}, "overdue_reviews": 1}), "break-glass.review_overdue")
}

test_an_overdue_review_does_not_close_a_verified_emergency if {
	answer := break_glass.decision with input as _with(_use, {"overdue_reviews": 1})
	answer.effect == "allow"
}

test_an_overdue_justification_closes_everything if {
	_refused(_with(_use, {"overdue_justifications": 1}), "break-glass.justification_overdue")
}

test_one_person_has_one_account_of_a_system if {
	every action in {"use", "check_out"} {
		_refused(_with(_use, {"action": action, "open_before": 1}), "break-glass.already_yours")
	}
}

test_the_name_is_typed if {
	_refused(_with(_use, {"terms": {"confirmed": false}}), "break-glass.not_confirmed")
}

test_somebody_else_hears if {
	every heard in [
		{"principal": _alice, "reachable": true},
		{"principal": object.union(_dan, {"active": false}), "reachable": true},
		{"principal": object.union(_dan, {"kind": "service"}), "reachable": true},
		{"principal": _dan, "reachable": false},
		{"principal": _dan},
	] {
		_refused(_with(_use, {"alerted": [heard]}), "break-glass.nobody_to_alert")
	}
}

test_roles_reach_the_system if {
	_refused(_with(_use, {"actor": _person("erin", ["auditor"])}), "break-glass.not_eligible")
}

test_a_system_without_accounts if {
	without := object.remove(_system, ["break_glass"])
	_refused(_with(object.remove(_use, ["system"]), {"system": without}), "break-glass.no_accounts")
}

test_services_are_blocked if {
	answer := break_glass.decision with input as _with(_use, {"actor": {"kind": "service"}})
	answer.effect == "block"
}

test_another_person_signs_off if {
	answer := break_glass.decision with input as _review
	answer.effect == "allow"
}

test_the_user_never_reviews if {
	every action in {"edit", "take_review", "settle", "sign_off"} {
		_refused(_with(_review, {"action": action, "actor": _person("alice", ["approver"])}), "break-glass.user_reviews")
	}
}

test_the_owner_does_not_sign_off if {
	_refused(_with(_review, {"actor": _dan}), "break-glass.owner_signs_off")
}

test_nothing_open_is_signed_off if {
	_refused(_with(_review, {"review": {"complete": false}}), "break-glass.record_incomplete")
	_refused(_with(_review, {"review": {"as_read": false}}), "break-glass.review_changed")
	_refused(_with(_review, {"review": {"rotated": false}}), "break-glass.rotation_not_proved")
	_refused(_with(_review, {"review": {"unsettled": 1}}), "break-glass.differences_open")
}

test_only_the_user_sees_and_only_while_it_is_open if {
	given := _with(_use, {"action": "show", "use": {"state": "open", "ends_at_ms": 2000}})
	answer := break_glass.decision with input as given
	answer.effect == "allow"
	_refused(_with(given, {"actor": _bob}), "break-glass.not_yours_to_see")
	_refused(_with(given, {"now_ms": 2000}), "break-glass.not_in_force")
	_refused(_with(given, {"overdue_justifications": 1}), "break-glass.justification_overdue")
}

test_a_stranger_neither_ends_nor_contains if {
	_refused(_with(_use, {"action": "end", "actor": _person("erin", [])}), "break-glass.not_yours_to_end")
	_refused(_with(_use, {"action": "contain", "actor": _bob}), "break-glass.not_yours_to_contain")
	_refused(_with(_use, {"action": "justify", "actor": _bob}), "break-glass.not_yours_to_justify")
}

test_a_missing_fact_is_a_refusal if {
	every fact in {"actor", "user", "system", "alerted", "overdue_justifications", "terms"} {
		answer := break_glass.decision with input as object.remove(_use, [fact])
		answer.effect in {"deny", "block"}
	}
}

test_overdue_reviews_unknown_is_a_refusal_of_ones_own_word if {
	given := object.remove(_with(_use, {"terms": {"basis": "self_declared"}}), ["overdue_reviews"])
	_refused(given, "break-glass.review_overdue")
}

_hana := _person("hana", ["security"])

_gone := object.union(_alice, {"active": false})

_confirmation := object.union(_use, {
	"action": "confirm_stand_in",
	"actor": _hana,
	"user": _gone,
	"terms": null,
	"stand_in": {"author": _dan, "as_read": true},
})

test_two_who_watch_record_what_a_user_who_is_gone_never_wrote if {
	every given in [_confirmation, _with(_confirmation, {"action": "stand_in", "actor": _dan})] {
		answer := break_glass.decision with input as given
		answer.effect == "allow"
	}
}

test_nobody_writes_for_a_user_who_is_here if {
	every action in {"stand_in", "confirm_stand_in"} {
		_refused(_with(_confirmation, {"action": action, "user": _alice}), "break-glass.user_is_here")
		unknown := object.remove(_confirmation, ["user"])
		_refused(_with(unknown, {"action": action, "user": {"id": "alice"}}), "break-glass.user_is_here")
	}
}

test_neither_the_user_nor_a_friend_writes_or_confirms if {
	every action in {"stand_in", "confirm_stand_in"} {
		_refused(_with(_confirmation, {"action": action, "actor": _bob}), "break-glass.not_yours_to_record")
		returned := _person("alice", ["security"])
		_refused(_with(_confirmation, {"action": action, "actor": returned}), "break-glass.own_words")
	}
}

test_the_author_does_not_confirm if {
	_refused(_with(_confirmation, {"actor": _dan}), "break-glass.author_confirms")
}

test_what_an_author_without_power_or_the_user_wrote_is_not_confirmed if {
	every author in [{"active": false}, {"roles": ["engineer"]}, {"id": "alice"}] {
		_refused(_with(_confirmation, {"stand_in": {"author": author}}), "break-glass.author_gone")
	}
}

test_only_what_was_read_is_confirmed if {
	_refused(_with(_confirmation, {"stand_in": {"as_read": false}}), "break-glass.record_changed")
	answer := break_glass.decision with input as object.remove(_confirmation, ["stand_in"])
	answer.effect == "deny"
}
