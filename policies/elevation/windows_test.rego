package elevation_windows_test

import data.elevation
import data.elevation_test as base

window := {
	"id": "r_w",
	"number": 12,
	"state": "open",
	"requester": "lead",
	"system": "orders-db",
	"scopes": [{"id": "read", "privileges": ["SELECT ON TABLE shop.orders"]}],
	"people": ["alice", "erin"],
	"barred": [],
	"uses_left": 2,
	"used_here": false,
	"longest_minutes": 60,
	"starts_ms": 1000,
	"ends_ms": 1000 + 3600000,
	"votes": [base.approval(base.bob)],
}

asked := object.union(base.request, {"windows": [window], "system": {"windows": {"maximum_days": 7, "maximum_uses": 10}}})

with_window(over) := object.union(asked, {"windows": [object.union(window, over)]})

used := object.union(with_window({"used_here": true, "uses_left": 0, "state": "used_up"}), {"action": "execute", "request": base.pending([])})

covers(facts) if base.answers(facts, "allow", {"elevation.window"})

asks_people(facts) if {
	decision := elevation.decision with input as facts
	decision.effect == "require_hitl"
}

test_a_window_that_fits_lets_through_and_is_named if {
	decision := elevation.decision with input as asked
	decision.effect == "allow"
	decision.reasons == [{"rule": "elevation.window", "message": "A window that others countersigned covers this."}]
	decision.obligations == [{"kind": "use_window", "window": "r_w", "approvals": 1}]
}

test_nothing_is_let_through_without_one if {
	asks_people(object.union(asked, {"windows": []}))
	asks_people(json.remove(asked, ["windows"]))
	asks_people(object.union(asked, {"windows": null}))
}

test_what_does_not_fit_is_asked_of_people if {
	every over in [
		{"state": "pending"}, {"state": "used_up"}, {"state": "closed"}, {"state": "expired"}, {"state": "denied"},
		{"uses_left": 0}, {"uses_left": -1}, {"uses_left": null},
		{"people": ["erin"]}, {"people": []}, {"people": null},
		{"barred": ["alice"]}, {"barred": null},
		{"system": "billing"},
		{"scopes": []}, {"scopes": [{"id": "write", "privileges": ["SELECT ON TABLE shop.orders"]}]},
		{"scopes": [{"id": "read", "privileges": ["SELECT ON TABLE shop.customers"]}]},
		{"longest_minutes": 59}, {"longest_minutes": null},
		{"starts_ms": 1001}, {"starts_ms": null},
		{"ends_ms": (1000 + 3600000) - 1}, {"ends_ms": null},
	] {
		asks_people(with_window(over))
	}
}

test_what_is_asked_for_somebody_else_or_for_later_is_asked_of_people if {
	asks_people(object.union(asked, {"subject": object.union(base.alice, {"id": "erin"})}))
	asks_people(object.union(asked, {"start_ms": 2000}))
}

test_a_window_that_lost_a_fact_covers_nothing if {
	every fact in object.keys(window) - {"id", "number", "used_here"} {
		asks_people(object.union(asked, {"windows": [json.remove(window, [fact])]}))
	}
}

test_it_is_refused_at_each_use_for_what_has_become_unfit_since if {
	two := object.union(asked, {"candidates": [base.bob, base.cat]})
	asks_people(object.union(two, {"scope": {"destructive": true}}))
	every category in {"customer-data", "customer-content", "billing", "deployment-pipeline"} {
		asks_people(object.union(asked, {"system": {"category": category}}))
	}
	asks_people(json.remove(asked, ["system/windows"]))
	asks_people(object.union(asked, {"system": {"windows": null}}))
	deploys := object.union(asked, {"scope": {"deploys": true}, "change": {"status": "read", "authors": ["zoe"]}})
	asks_people(deploys)
}

test_what_changed_between_use_and_grant_withdraws_it if {
	base.allows(used)
	every change in [
		{"scope": {"destructive": true}}, {"system": {"category": "billing"}}, {"system": {"windows": null}},
		{"now_ms": 1000 + 3600000},
	] {
		base.denies(object.union(used, change), "elevation.window_gone")
	}
	every over in [{"state": "closed"}, {"state": "expired"}, {"used_here": false}, {"barred": ["alice"]}] {
		base.denies(
			object.union(used, {"windows": [object.union(used.windows[0], over)]}),
			"elevation.window_gone",
		)
	}
}

test_a_use_counts_once_and_not_for_another if {
	base.allows(object.union(used, {"windows": [object.union(used.windows[0], {"uses_left": 5, "state": "open"})]}))
	base.denies(object.union(used, {"windows": []}), "elevation.votes_missing")
}

# Whose word it is

test_rule_4_who_lost_the_power_to_approve_no_longer_vouches if {
	every over in [{"active": false}, {"guest": true}, {"kind": "service"}, {"roles": ["engineer"]}] {
		asks_people(with_window({"votes": [base.approval(object.union(base.bob, over))]}))
	}
	asks_people(with_window({"votes": [object.union(base.approval(base.bob), {"seal_matches": false})]}))
	asks_people(with_window({"votes": []}))
	asks_people(with_window({"barred": ["bob"]}))
}

test_rule_4_nobody_vouches_for_what_is_theirs if {
	asks_people(with_window({"people": ["alice", "bob"]}))
	asks_people(with_window({"requester": "bob"}))
	mine := object.union(asked, {"actor": base.bob, "requester": base.bob, "subject": base.bob})
	asks_people(object.union(mine, {"windows": [object.union(window, {"people": ["bob"]})]}))
}

test_what_is_riskier_than_its_window_is_asked_of_people if {
	asks_people(object.union(asked, {"risk": {"asked_in_hour": 20}}))
	covers(object.union(with_window({"votes": [base.approval(base.bob), base.approval(base.cat)]}), {"risk": {"asked_in_hour": 20}}))
	asks_people(object.union(asked, {"system": {"required_approvals": 2}}))
}

test_each_stage_stands_behind_it if {
	staged := object.union(asked, {
		"scope": {"stages": [{"roles": ["approver"], "needed": 1}, {"roles": ["security"], "needed": 1}]},
		"candidates": [base.bob, base.cat, base.dan],
	})
	asks_people(staged)
	covers(object.union(staged, {"windows": [object.union(window, {"votes": [base.approval(base.bob), base.approval(base.dan)]})]}))
}

# It opens nothing else

test_what_may_not_be_asked_for_no_window_lets_through if {
	base.denies(object.union(asked, {"reason_length": 1}), "elevation.reason_length")
	base.denies(object.union(asked, {"system": {"ticket": "required"}}), "elevation.ticket_missing")
	base.denies(object.union(asked, {"subject": base.deactivated(base.alice)}), "elevation.subject_inactive")
}

test_an_edit_is_asked_of_people if asks_people(object.union(base.edit, {"windows": [window], "system": asked.system}))

test_of_several_the_one_that_ends_first_is_used if {
	later := object.union(window, {"id": "r_later", "number": 11, "ends_ms": window.ends_ms + 1})
	same := object.union(window, {"id": "r_same", "number": 13})
	decision := elevation.decision with input as object.union(asked, {"windows": [later, same, window]})
	decision.obligations[0].window == "r_w"
}
