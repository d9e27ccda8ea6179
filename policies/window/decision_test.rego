package window_test

import data.window

alice := {"id": "alice", "kind": "person", "active": true, "guest": false, "roles": ["engineer"], "teams": ["platform"]}

erin := object.union(alice, {"id": "erin"})

grace := object.union(alice, {"id": "grace", "kind": "contractor"})

bob := object.union(alice, {"id": "bob", "roles": ["engineer", "approver"]})

cat := object.union(bob, {"id": "cat"})

dan := object.union(alice, {"id": "dan", "roles": ["security"]})

read := {"id": "read", "destructive": false, "deploys": false, "stages": [], "maximum_minutes": 120, "privileges": ["SELECT"]}

purge := object.union(read, {"id": "purge", "destructive": true})

deploy := object.union(read, {"id": "deploy", "deploys": true})

day := 86400000

asked := {
	"action": "request",
	"verdict": null,
	"now_ms": 1000,
	"tenant": "T01",
	"actor": alice,
	"requester": alice,
	"people": [erin, grace],
	"system": {
		"id": "orders-db",
		"kind": "postgres",
		"category": "production-infrastructure",
		"maximum_minutes": 240,
		"required_approvals": 1,
		"approver_roles": ["approver"],
		"requester_roles": ["engineer"],
		"ticket": "optional",
		"windows": {"maximum_days": 7, "maximum_uses": 10},
	},
	"scopes": [read],
	"uses": 5,
	"longest_minutes": 60,
	"starts_ms": 1000,
	"ends_ms": 1000 + (3 * day),
	"reason_length": 10,
	"ticket": null,
	"candidates": [bob, cat],
	"request": null,
}

approval(principal) := {"principal": principal, "verdict": "approve", "seal_matches": true}

pending(votes) := {"state": "pending", "votes": votes}

vote := object.union(asked, {"action": "vote", "verdict": "approve", "actor": bob, "request": pending([])})

close := object.union(asked, {"action": "close", "request": {"state": "open", "votes": [approval(bob)]}})

answers(facts, effect, rules) if {
	decision := window.decision with input as facts
	decision.effect == effect
	{reason.rule | some reason in decision.reasons} == rules
}

allows(facts) if {
	decision := window.decision with input as facts
	decision.effect == "allow"
}

denies(facts, rule) if answers(facts, "deny", {rule})

test_a_window_is_countersigned_by_those_who_approve_there if {
	decision := window.decision with input as asked
	decision.effect == "require_hitl"
	decision.approvers == {
		"needed": 1,
		"principals": ["bob", "cat"],
		"stages": [{"needed": 1, "principals": ["bob", "cat"]}],
	}
}

test_whoever_asks_or_is_named_is_no_approver if {
	every gains in [{"requester": bob, "actor": bob}, {"people": [erin, bob]}] {
		decision := window.decision with input as object.union(asked, gains)
		decision.approvers.principals == ["cat"]
	}
	denies(object.union(asked, {"people": [bob, cat]}), "window.too_few_approvers")
}

test_a_window_takes_as_many_people_as_one_access_there if {
	decision := window.decision with input as object.union(asked, {"system": {"required_approvals": 2}})
	decision.approvers.needed == 2
	denies(object.union(asked, {"system": {"required_approvals": 2}, "candidates": [bob]}), "window.too_few_approvers")
	denies(object.union(asked, {"system": {"required_approvals": 0}}), "window.too_few_approvers")
}

staged := object.union(asked, {
	"scopes": [object.union(read, {"stages": [{"roles": ["approver"], "needed": 1}, {"roles": ["security"], "needed": 1}]})],
	"candidates": [bob, cat, dan],
})

test_stages_decide_in_turn if {
	decision := window.decision with input as staged
	decision.approvers.stages == [{"needed": 1, "principals": ["bob", "cat"]}, {"needed": 1, "principals": ["dan"]}]
	first := object.union(vote, {"scopes": staged.scopes})
	allows(first)
	denies(object.union(first, {"actor": dan}), "window.not_your_turn")
	allows(object.union(first, {"actor": dan, "verdict": "deny"}))
	allows(object.union(first, {"actor": dan, "request": pending([approval(bob)])}))
}

test_none_are_possible_unless_the_system_says_so if {
	every none in [null, {}, {"maximum_days": 7}, {"maximum_uses": 10}, true] {
		denied(object.union(json.remove(asked, ["system/windows"]), {"system": {"windows": none}}), "window.not_enabled")
	}
	denied(json.remove(asked, ["system/windows"]), "window.not_enabled")
}

# Among others: what a setting is missing for may miss too.
denied(facts, rule) if {
	decision := window.decision with input as facts
	decision.effect == "deny"
	rule in {reason.rule | some reason in decision.reasons}
}

test_never_for_customer_data_billing_or_deployments if {
	every category in {"customer-data", "customer-content", "billing", "deployment-pipeline"} {
		denies(object.union(asked, {"system": {"category": category}}), "window.never_here")
		denies(object.union(vote, {"system": {"category": category}}), "window.never_here")
	}
}

test_never_for_what_cannot_be_undone_or_deploys if {
	every scope in [purge, deploy] {
		denies(object.union(asked, {"scopes": [scope]}), "window.never_such_scopes")
		denies(object.union(asked, {"scopes": [read, scope]}), "window.never_such_scopes")
		denies(object.union(vote, {"scopes": [scope]}), "window.never_such_scopes")
	}
	denies(object.union(asked, {"scopes": [json.remove(read, ["destructive"])]}), "window.never_such_scopes")
	denies(object.union(asked, {"scopes": [json.remove(read, ["deploys"])]}), "window.never_such_scopes")
}

test_scopes_that_others_decide_on_take_a_window_each if denies(
	object.union(staged, {"scopes": [read, staged.scopes[0]]}),
	"window.scopes_differ",
)

test_what_does_not_exist_is_refused if {
	denies(object.union(asked, {"system": null, "scopes": [null]}), "window.system_unknown")
	denied(object.union(asked, {"scopes": [null]}), "window.scope_unknown")
	denied(object.union(asked, {"scopes": []}), "window.scope_unknown")
}

test_who_asks_reaches_the_system if {
	denies(object.union(asked, {"requester": dan, "actor": dan}), "window.requester_not_eligible")
	lead := object.union(bob, {"id": "lead", "roles": ["approver"]})
	answers(object.union(asked, {"requester": lead, "actor": lead}), "require_hitl", {"window.countersign"})
}

test_everyone_named_could_ask_themselves if {
	every over in [{"roles": []}, {"active": false}, {"guest": true}, {"kind": "service"}] {
		denies(object.union(asked, {"people": [erin, object.union(grace, over)]}), "window.people_not_eligible")
	}
	denies(object.union(asked, {"people": []}), "window.people_number")
	denies(object.union(asked, {"people": [erin | some _ in numbers.range(1, 21)]}), "window.people_number")
}

test_uses_and_minutes_are_whole_and_within_what_the_system_allows if {
	every uses in [0, -1, 1.5, 11] {
		denies(object.union(asked, {"uses": uses}), "window.uses_number")
	}
	denies(object.union(asked, {"uses": 101, "system": {"windows": {"maximum_uses": 500}}}), "window.uses_number")
	every minutes in [0, 2.5, 121, 241] {
		denies(object.union(asked, {"longest_minutes": minutes}), "window.minutes_number")
	}
}

message_of(facts) := message if {
	decision := window.decision with input as facts
	[reason] := decision.reasons
	message := reason.message
}

test_the_policy_caps_how_long_it_is_open if {
	denies(object.union(asked, {"ends_ms": 1001 + (7 * day)}), "window.end_far")
	message_of(object.union(asked, {"ends_ms": 1001 + (7 * day)})) == "A window on this system is open for at most 7 days. Let it end sooner."
	forever := object.union(asked, {"system": {"windows": {"maximum_days": 999}}})
	answers(object.union(forever, {"ends_ms": 1000 + (30 * day)}), "require_hitl", {"window.countersign"})
	denies(object.union(forever, {"ends_ms": 1001 + (30 * day)}), "window.end_far")
	message_of(object.union(asked, {"uses": 11})) == "Give a whole number of uses, from 1 to 10."
}

test_it_begins_soon_and_ends_after_it_began if {
	denies(object.union(asked, {"ends_ms": 1000}), "window.end_past")
	denies(object.union(asked, {"starts_ms": 1000 + (15 * day), "ends_ms": 1000 + (16 * day)}), "window.start_far")
	answers(object.union(asked, {"starts_ms": 1000 + day}), "require_hitl", {"window.countersign"})
}

test_what_is_not_a_number_is_none if {
	every member in ["uses", "longest_minutes", "starts_ms", "ends_ms"] {
		every value in [null, "5", true, []] {
			decision := window.decision with input as object.union(asked, {member: value})
			decision.effect == "deny"
		}
	}
}

test_a_window_that_is_over_is_not_countersigned if denies(object.union(vote, {"now_ms": 1000 + (3 * day)}), "window.end_past")

test_a_reason_and_where_wanted_a_ticket if {
	denies(object.union(asked, {"reason_length": 9}), "window.reason_length")
	denies(object.union(asked, {"system": {"ticket": "required"}}), "window.ticket_missing")
	verified := object.union(asked, {"system": {"ticket": "verified"}})
	denies(object.union(verified, {"ticket": {"status": "unknown"}}), "window.ticket_not_open")
	answers(object.union(verified, {"ticket": {"status": "open"}}), "require_hitl", {"window.countersign"})
}

test_rule_4_nobody_decides_on_what_lets_them_in if {
	denies(object.union(vote, {"requester": bob}), "window.requester_votes")
	denies(object.union(vote, {"people": [erin, bob]}), "window.named_one_votes")
	denies(object.union(vote, {"actor": object.union(erin, {"id": "ann"})}), "window.not_an_approver")
}

test_a_no_waits_for_nothing if {
	no := object.union(vote, {"verdict": "deny"})
	allows(object.union(no, {"scopes": [purge]}))
	allows(object.union(no, {"system": {"category": "billing"}}))
	denied(object.union(json.remove(vote, ["verdict"]), {"scopes": [purge]}), "window.never_such_scopes")
}

test_strangers_services_and_guests_are_blocked if {
	answers(object.union(vote, {"actor": {"active": false}}), "block", {"window.inactive_actor"})
	every over in [{"kind": "service"}, {"guest": true}] {
		answers(object.union(vote, {"actor": over}), "block", {"window.not_human"})
		answers(object.union(asked, {"actor": over}), "block", {"window.not_human"})
	}
}

test_those_it_concerns_close_it_and_nobody_else if {
	every actor in [alice, bob, dan] {
		allows(object.union(close, {"actor": actor}))
	}
	denies(object.union(close, {"actor": erin}), "window.not_yours_to_close")
	allows(object.union(close, {"actor": bob, "scopes": [purge], "system": {"category": "billing"}}))
}

test_rule_2_no_action_goes_through_without_its_facts if {
	every action in {"request", "vote", "close", "use", ""} {
		decision := window.decision with input as {"action": action}
		decision.effect in {"deny", "block"}
	}
	denies(object.union(vote, {"action": "open"}), "window.nothing_applies")
}
