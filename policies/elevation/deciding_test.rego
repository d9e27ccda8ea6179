package elevation_deciding_test

import data.elevation
import data.elevation_test as base

security := object.union(base.dan, {"roles": ["security"]})

staged := object.union(base.request, {
	"scope": {"stages": [{"roles": ["approver"], "needed": 1}, {"roles": ["security"], "needed": 1}]},
	"candidates": [base.bob, base.cat, security],
})

voted(votes) := object.union(staged, {"action": "vote", "verdict": "approve", "request": base.pending(votes)})

executed(votes) := object.union(staged, {"action": "execute", "request": base.pending(votes)})

# Stages

test_stages_are_asked_in_turn if {
	decision := elevation.decision with input as staged
	decision.approvers == {
		"needed": 2,
		"principals": ["bob", "cat", "dan"],
		"stages": [{"needed": 1, "principals": ["bob", "cat"]}, {"needed": 1, "principals": ["dan"]}],
	}
}

test_a_system_without_stages_has_one if {
	decision := elevation.decision with input as base.request
	decision.approvers.stages == [{"needed": 1, "principals": ["bob", "cat"]}]
}

test_a_later_stage_waits_for_the_earlier if {
	base.allows(object.union(voted([]), {"actor": base.bob}))
	base.denies(object.union(voted([]), {"actor": security}), "elevation.not_your_turn")
	base.allows(object.union(voted([base.approval(base.bob)]), {"actor": security}))
	base.denies(object.union(voted([base.approval(base.bob)]), {"actor": base.cat}), "elevation.not_your_turn")
}

test_an_extra_yes_is_taken_where_all_are_there_already if {
	both := [base.approval(base.bob), base.approval(security)]
	base.allows(object.union(voted(both), {"actor": base.cat}))
}

test_a_reminder_names_who_may_decide_now_and_nobody_acts_in_it if {
	now := object.union(voted([]), {
		"action": "remind",
		"actor": object.union(base.alice, {"active": false}),
		"candidates": [base.bob, object.union(base.cat, {"active": false}), security],
	})
	decision := elevation.decision with input as now
	decision.effect == "allow"
	decision.obligations == [{
		"kind": "remind",
		"stages": [{"needed": 1, "principals": ["bob"]}, {"needed": 1, "principals": ["dan"]}],
	}]
	alone := elevation.decision with input as object.union(now, {"candidates": []})
	alone.obligations[0].stages == [{"needed": 1, "principals": []}, {"needed": 1, "principals": []}]
}

test_every_stage_may_deny_shorten_and_ask_at_any_time if {
	every verdict in {"deny", "shorten", "ask_more"} {
		base.allows(object.union(voted([]), {"actor": security, "verdict": verdict}))
	}
}

test_each_stage_is_filled_before_anything_runs if {
	base.allows(executed([base.approval(base.bob), base.approval(security)]))
	base.denies(executed([base.approval(base.bob), base.approval(base.cat)]), "elevation.votes_missing")
	base.denies(executed([base.approval(security)]), "elevation.votes_missing")
}

test_who_may_decide_in_two_stages_fills_one_place if {
	both := object.union(base.bob, {"roles": ["approver", "security"]})
	base.denies(executed([base.approval(both)]), "elevation.votes_missing")
	base.allows(executed([base.approval(both), base.approval(base.cat)]))
	base.denies(object.union(staged, {"candidates": [both]}), "elevation.too_few_approvers")
}

test_destructive_takes_two_whatever_the_stages_say if {
	lone := object.union(staged, {"scope": {"destructive": true, "stages": [{"roles": ["approver"], "needed": 1}]}})
	decision := elevation.decision with input as lone
	decision.approvers.stages == [{"needed": 2, "principals": ["bob", "cat"]}]
}

test_rank_means_nothing if {
	ceo := object.union(base.bob, {"id": "ceo", "roles": ["chief-executive", "security", "board"]})
	base.denies(object.union(base.vote, {"actor": ceo}), "elevation.not_an_approver")
	base.denies(base.execute([base.approval(ceo)]), "elevation.votes_missing")
}

# Risk

risky := object.union(base.request, {"system": {"category": "customer-data"}, "risk": {"night": true, "first_time": true}})

needs(facts, needed, rules) if {
	decision := elevation.decision with input as facts
	decision.effect == "require_hitl"
	decision.approvers.needed == needed
	{reason.rule | some reason in decision.reasons} == rules | {"elevation.countersign"}
}

test_night_and_first_time_take_two if {
	needs(risky, 2, {"elevation.raised_night_first_time"})
	needs(object.union(risky, {"system": {"category": "billing"}}), 1, set())
	needs(object.union(risky, {"risk": {"night": false}}), 1, set())
	needs(object.union(risky, {"risk": {"first_time": false}}), 1, set())
}

test_two_who_approve_anyway_are_enough_for_a_risk_too if {
	risk := {"risk": {"night": true, "first_time": true, "asked_in_hour": 20}}
	needs(object.union(base.destructive, risk), 2, set())
	three := {"candidates": [base.bob, base.cat, base.dan_approves]}
	needs(object.union_n([risky, three, risk, {"system": {"required_approvals": 2}}]), 2, set())
	needs(object.union_n([risky, three, risk, {"system": {"required_approvals": 3}}]), 3, set())
}

test_many_in_an_hour_take_two if {
	needs(object.union(base.request, {"risk": {"asked_in_hour": 19}}), 1, set())
	needs(object.union(base.request, {"risk": {"asked_in_hour": 20}}), 2, {"elevation.raised_many_in_an_hour"})
}

test_two_risks_take_two if needs(
	object.union(risky, {"risk": {"asked_in_hour": 50}}),
	2,
	{"elevation.raised_night_first_time", "elevation.raised_many_in_an_hour"},
)

test_a_risk_that_is_not_known_counts_as_one if {
	needs(json.remove(base.request, ["risk"]), 2, {"elevation.raised_many_in_an_hour"})
	needs(object.union(risky, {"risk": {"night": null}}), 2, {"elevation.raised_night_first_time"})
}

test_what_a_risk_asks_for_is_asked_again_when_the_votes_are_in if base.denies(
	object.union(base.execute([base.approval(base.bob)]), {"risk": {"asked_in_hour": 20}}),
	"elevation.votes_missing",
)

# Duties

conflicts := [{"title": "Two hands", "between": [
	{"id": "orders-db:read", "title": "Read orders"},
	{"id": "orders-db:write", "title": "Correct orders"},
]}]

held(things) := object.union(base.request, {"duties": {"held": things, "conflicts": conflicts}})

test_what_conflicts_with_something_held_is_refused_and_names_both if {
	decision := elevation.decision with input as held(["orders-db:write"])
	decision.effect == "deny"
	decision.reasons == [{
		"rule": "elevation.conflicting_duties",
		"message": "Read orders does not go with Correct orders, which they have: Two hands.",
	}]
}

test_a_conflict_holds_in_both_directions if base.denies(
	object.union(held(["orders-db:read"]), {"duties": {"wanted": "orders-db:write"}}),
	"elevation.conflicting_duties",
)

test_having_the_same_already_is_no_conflict if base.answers(
	held(["orders-db:read", "role:engineer"]),
	"require_hitl",
	{"elevation.countersign"},
)

test_a_conflict_that_came_up_since_is_seen_before_anything_runs if base.denies(
	object.union(held(["orders-db:write"]), {"action": "execute", "request": base.pending([base.approval(base.bob)])}),
	"elevation.conflicting_duties",
)

test_what_is_held_must_be_known if base.denies(json.remove(base.request, ["duties"]), "elevation.conflicting_duties")
