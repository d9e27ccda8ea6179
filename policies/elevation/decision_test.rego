package elevation_test

import data.elevation

alice := {"id": "alice", "kind": "person", "active": true, "guest": false, "roles": ["engineer"], "teams": ["platform"], "ends_at_ms": null}

bob := object.union(alice, {"id": "bob", "roles": ["engineer", "approver"]})

cat := object.union(bob, {"id": "cat"})

dan := object.union(alice, {"id": "dan", "roles": ["security"]})

# A stranger, as the facts describe whoever the organisation does not know.
stranger := {"id": "mallory", "kind": "person", "active": false, "guest": true, "roles": [], "teams": [], "ends_at_ms": null}

deactivated(principal) := object.union(principal, {"active": false})

request := {
	"action": "request",
	"now_ms": 1000,
	"tenant": "T01",
	"actor": alice,
	"requester": alice,
	"subject": alice,
	"system": {
		"id": "orders-db",
		"kind": "postgres",
		"category": "production-infrastructure",
		"admits_own_accounts": false,
		"department": "caption-studio",
		"owner_team": "platform",
		"maximum_minutes": 240,
		"required_approvals": 1,
		"approver_roles": ["approver"],
		"requester_roles": ["engineer"],
		"ticket": "optional",
	},
	"login": null,
	"scope": {"id": "read", "destructive": false, "deploys": false, "maximum_minutes": 120, "privileges": ["SELECT ON TABLE shop.orders"]},
	"duration_minutes": 60,
	"reason_length": 10,
	"start_ms": null,
	"change": null,
	"ticket": null,
	"beside": {"waiting": 0, "same": [], "acknowledged": []},
	"candidates": [bob, cat],
	"risk": {"night": false, "first_time": false, "asked_in_hour": 1},
	"duties": {"wanted": "orders-db:read", "held": ["role:engineer"], "conflicts": []},
	"request": null,
}

destructive := object.union(request, {"scope": {"id": "purge", "destructive": true}})

pending(votes) := {"state": "pending", "edits": 0, "ends_at_ms": null, "votes": votes}

approval(principal) := {"principal": principal, "verdict": "approve", "seal_matches": true}

edit := object.union(request, {"action": "edit", "request": pending([])})

vote := object.union(request, {"action": "vote", "actor": bob, "request": pending([])})

execute(votes) := object.union(request, {"action": "execute", "request": pending(votes)})

active := {"state": "active", "ends_at_ms": 2000, "votes": []}

reveal := object.union(request, {"action": "reveal", "request": active})

end := object.union(request, {"action": "end", "request": active})

cancel := object.union(request, {"action": "cancel", "request": pending([])})

# Exactly these reasons, by rule id.
answers(facts, effect, rules) if {
	decision := elevation.decision with input as facts
	decision.effect == effect
	{reason.rule | some reason in decision.reasons} == rules
}

allows(facts) if {
	decision := elevation.decision with input as facts
	decision.effect == "allow"
	decision.approvers == null
}

denies(facts, rule) if answers(facts, "deny", {rule})

blocks(facts, rule) if {
	answers(facts, "block", {rule})
	decision := elevation.decision with input as facts
	decision.obligations == [{"kind": "alert", "role": "security"}]
}

# Asking

test_a_request_is_countersigned_by_those_who_may_approve if {
	decision := elevation.decision with input as request
	decision.effect == "require_hitl"
	decision.approvers.needed == 1
	decision.approvers.principals == ["bob", "cat"]
}

test_nothing_is_granted_by_the_request_alone if not allows(request)

test_the_requester_is_never_among_the_approvers if {
	facts := object.union(request, {"requester": bob, "actor": bob, "subject": bob})
	decision := elevation.decision with input as facts
	decision.approvers.principals == ["cat"]
}

test_the_subject_is_never_among_the_approvers if {
	decision := elevation.decision with input as object.union(request, {"subject": bob})
	decision.approvers.principals == ["cat"]
}

test_only_active_humans_of_ours_with_the_role_are_approvers if {
	service := object.union(bob, {"id": "svc", "kind": "service"})
	guest := object.union(bob, {"id": "guest", "guest": true})
	roleless := object.union(bob, {"id": "roleless", "roles": ["engineer"]})
	candidates := [deactivated(bob), service, guest, roleless, stranger, cat]
	decision := elevation.decision with input as object.union(request, {"candidates": candidates})
	decision.approvers.principals == ["cat"]
}

test_destructive_takes_two_approvers if {
	decision := elevation.decision with input as destructive
	decision.approvers.needed == 2
}

test_a_system_may_ask_for_more_than_two if {
	facts := object.union(destructive, {"system": {"required_approvals": 3}, "candidates": [bob, cat, dan_approves]})
	decision := elevation.decision with input as facts
	decision.approvers.needed == 3
}

dan_approves := object.union(dan, {"roles": ["approver"]})

test_nobody_left_to_approve_is_a_denial_that_says_so if {
	denies(object.union(request, {"requester": bob, "actor": bob, "subject": bob, "candidates": [bob]}), "elevation.too_few_approvers")
	denies(object.union(destructive, {"candidates": [bob]}), "elevation.too_few_approvers")
	denies(object.union(request, {"candidates": [bob, bob], "system": {"required_approvals": 2}}), "elevation.too_few_approvers")
}

test_no_approvals_needed_is_never_enough if {
	denies(object.union(request, {"system": {"required_approvals": 0}}), "elevation.too_few_approvers")
}

test_strangers_and_deactivated_accounts_are_blocked if {
	blocks(object.union(request, {"actor": stranger, "requester": stranger, "subject": stranger}), "elevation.inactive_actor")
	blocks(object.union(request, {"actor": deactivated(alice)}), "elevation.inactive_actor")
}

test_whoever_has_no_account_at_a_system_that_admits_peoples_own_is_told_so if {
	group := object.union(request, {"system": {"kind": "okta", "admits_own_accounts": true}})
	denies(group, "elevation.no_account_there")
	not denies(object.union(group, {"login": "alice@example.com"}), "elevation.no_account_there")
}

test_a_kind_nobody_defined_is_nobody if blocks(object.union(request, {"actor": {"kind": "robot"}}), "elevation.inactive_actor")

test_access_is_for_active_accounts if {
	denies(object.union(request, {"requester": deactivated(alice), "subject": bob}), "elevation.requester_inactive")
	denies(object.union(request, {"subject": deactivated(object.union(alice, {"id": "al"}))}), "elevation.subject_inactive")
}

test_asking_takes_a_role_that_may_ask if denies(
	object.union(request, {"actor": dan, "requester": dan, "subject": dan}),
	"elevation.requester_not_eligible",
)

test_asking_for_somebody_does_not_widen_what_they_may_have if denies(
	object.union(request, {"subject": dan}),
	"elevation.subject_not_eligible",
)

test_contractors_stay_out_of_customer_data if {
	contractor := object.union(alice, {"kind": "contractor"})
	customer_data := object.union(request, {"system": {"category": "customer-data"}})
	blocks(object.union(customer_data, {"actor": contractor, "requester": contractor, "subject": contractor}), "elevation.contractor_customer_data")
	blocks(object.union(customer_data, {"subject": object.union(contractor, {"id": "con"})}), "elevation.contractor_customer_data")
	answers(customer_data, "require_hitl", {"elevation.countersign"})
	answers(object.union(request, {"actor": contractor, "requester": contractor, "subject": contractor}), "require_hitl", {"elevation.countersign"})
}

test_an_unknown_system_or_scope_is_refused if {
	denies(object.union(request, {"system": null}), "elevation.system_unknown")
	denies(object.union(request, {"scope": null}), "elevation.scope_unknown")
	denies(object.union(request, {"scope": {"privileges": []}}), "elevation.scope_unknown")
}

test_the_duration_is_a_whole_number_of_minutes_within_the_maximum if {
	denies(object.union(request, {"duration_minutes": 0}), "elevation.duration_short")
	denies(object.union(request, {"duration_minutes": 1.5}), "elevation.duration_short")
	answers(object.union(request, {"duration_minutes": "5"}), "deny", {"elevation.duration_short", "elevation.duration_long"})
	denies(object.union(request, {"duration_minutes": 121}), "elevation.duration_long")
	denies(object.union(request, {"scope": {"maximum_minutes": 999}, "duration_minutes": 241}), "elevation.duration_long")
	answers(object.union(request, {"duration_minutes": 120}), "require_hitl", {"elevation.countersign"})
	answers(object.union(request, {"duration_minutes": 1}), "require_hitl", {"elevation.countersign"})
}

# A contractor whose statement of work ends 90 minutes from now.
leaving := object.union(alice, {"kind": "contractor", "ends_at_ms": 1000 + ((90 * 60) * 1000)})

test_no_access_outlasts_whoever_it_is_for if {
	every facts in [request, edit, vote, execute([approval(bob)])] {
		stays := object.union(facts, {"subject": leaving, "duration_minutes": 90})
		not denies(stays, "elevation.outlasts_subject")
		denies(object.union(stays, {"duration_minutes": 91}), "elevation.outlasts_subject")
		denies(object.union(stays, {"subject": {"ends_at_ms": "soon"}}), "elevation.outlasts_subject")
	}
	every facts in [request, edit] {
		later := object.union(facts, {"subject": leaving, "start_ms": 1000 + ((31 * 60) * 1000)})
		not denies(object.union(later, {"duration_minutes": 59}), "elevation.outlasts_subject")
		denies(later, "elevation.outlasts_subject")
	}
}

test_whoever_leaves_is_told_how_long_they_may_ask_for if {
	decision := elevation.decision with input as object.union(request, {"subject": leaving, "duration_minutes": 120})
	contains(decision.reasons[0].message, "At most 90 minutes")
	after := elevation.decision with input as object.union(request, {"subject": leaving, "start_ms": 90 * 60000})
	startswith(after.reasons[0].message, "The person this is for leaves before it could begin.")
}

test_what_would_outlast_its_holder_can_be_denied_and_shortened if {
	every verdict in {"deny", "shorten", "ask_more"} {
		allows(object.union(vote, {"verdict": verdict, "subject": leaving, "duration_minutes": 91}))
	}
}

test_a_duration_that_is_too_long_says_how_long_it_may_be if {
	decision := elevation.decision with input as object.union(request, {"duration_minutes": 999})
	decision.reasons == [{"rule": "elevation.duration_long", "message": "Ask for at most 120 minutes."}]
}

test_where_no_maximum_is_known_no_duration_is_short_enough if {
	decision := elevation.decision with input as json.remove(request, ["system/maximum_minutes"])
	decision.reasons == [{"rule": "elevation.duration_long", "message": "Ask for a shorter time."}]
}

test_a_reason_has_10_to_2000_characters if {
	denies(object.union(request, {"reason_length": 9}), "elevation.reason_length")
	denies(object.union(request, {"reason_length": 2001}), "elevation.reason_length")
	answers(object.union(request, {"reason_length": 2000}), "require_hitl", {"elevation.countersign"})
}

fourteen_days_ms := 1209600000

test_a_start_lies_ahead_and_within_14_days if {
	answers(object.union(request, {"start_ms": 1001}), "require_hitl", {"elevation.countersign"})
	answers(object.union(request, {"start_ms": 1000 + fourteen_days_ms}), "require_hitl", {"elevation.countersign"})
	denies(object.union(request, {"start_ms": 1000}), "elevation.start_past")
	denies(object.union(request, {"start_ms": 1001 + fourteen_days_ms}), "elevation.start_far")
	answers(json.remove(request, ["start_ms"]), "deny", {"elevation.start_past", "elevation.start_far"})
}

wants_ticket(kind) := object.union(request, {"system": {"ticket": kind}})

test_a_system_may_want_a_ticket if {
	denies(wants_ticket("required"), "elevation.ticket_missing")
	answers(object.union(wants_ticket("required"), {"ticket": {"status": "unknown"}}), "require_hitl", {"elevation.countersign"})
}

test_rule_15_a_verified_ticket_is_one_its_tracker_says_is_open if {
	denies(wants_ticket("verified"), "elevation.ticket_missing")
	denies(object.union(wants_ticket("verified"), {"ticket": {"status": "unknown"}}), "elevation.ticket_not_open")
	denies(object.union(wants_ticket("verified"), {"ticket": {"status": "closed"}}), "elevation.ticket_not_open")
	answers(object.union(wants_ticket("verified"), {"ticket": {"status": "open"}}), "require_hitl", {"elevation.countersign"})
}

test_rule_15_what_a_system_wants_of_tickets_is_known_or_nothing_is_good if answers(
	object.union(json.remove(request, ["system/ticket"]), {"ticket": {"status": "unknown"}}),
	"deny",
	{"elevation.ticket_not_open"},
)

beside(same, acknowledged) := {"beside": {"waiting": 1, "same": same, "acknowledged": acknowledged}}

test_the_same_twice_is_pointed_out_until_confirmed if {
	waits := [{"number": 7, "state": "pending", "identical": true}]
	denies(object.union(request, beside(waits, [])), "elevation.duplicate")
	answers(object.union(request, beside(waits, [7])), "require_hitl", {"elevation.countersign"})
	denies(object.union(request, beside(array.concat(waits, [{"number": 8, "state": "pending", "identical": true}]), [7])), "elevation.duplicate")
	decision := elevation.decision with input as object.union(request, beside(waits, []))
	startswith(decision.reasons[0].message, "#7 asks for the very same")
}

test_what_is_in_force_or_worded_otherwise_does_not_stop_asking_again if {
	others := [
		{"number": 7, "state": "active", "identical": true},
		{"number": 8, "state": "pending", "identical": false},
	]
	answers(object.union(request, beside(others, [])), "require_hitl", {"elevation.countersign"})
}

test_a_person_has_ten_requests_waiting_at_the_most if {
	answers(object.union(request, {"beside": {"waiting": 9}}), "require_hitl", {"elevation.countersign"})
	denies(object.union(request, {"beside": {"waiting": 10}}), "elevation.too_many_waiting")
	answers(object.union(request, {"beside": null}), "deny", {"elevation.duplicate", "elevation.too_many_waiting"})
}

# Editing

test_an_edit_is_countersigned_anew if {
	decision := elevation.decision with input as edit
	decision.effect == "require_hitl"
	decision.approvers.needed == 1
	decision.approvers.principals == ["bob", "cat"]
}

test_an_edit_asks_what_a_request_asks if {
	denies(object.union(edit, {"duration_minutes": 121}), "elevation.duration_long")
	denies(object.union(edit, {"reason_length": 9}), "elevation.reason_length")
	denies(object.union(edit, {"start_ms": 1}), "elevation.start_past")
	denies(object.union(edit, {"candidates": []}), "elevation.too_few_approvers")
	denies(object.union(edit, beside([{"number": 7, "state": "pending", "identical": true}], [])), "elevation.duplicate")
	answers(object.union(edit, {"beside": {"waiting": 10}}), "require_hitl", {"elevation.countersign"})
}

test_only_the_requester_edits if denies(object.union(edit, {"actor": bob}), "elevation.not_yours_to_edit")

test_edits_end_somewhere if {
	denies(object.union(edit, {"request": {"edits": 10}}), "elevation.edited_often")
	denies(object.union(edit, {"request": {"edits": null}}), "elevation.edited_often")
}

# What is deployed

deploys(authors) := {"scope": {"deploys": true}, "change": {"status": "read", "authors": authors}}

test_an_author_may_ask_and_never_approves if {
	decision := elevation.decision with input as object.union(request, deploys(["alice", "bob"]))
	decision.effect == "require_hitl"
	decision.approvers.needed == 1
	decision.approvers.principals == ["cat"]
}

test_a_change_that_all_approvers_wrote_is_not_asked_for if denies(
	object.union(request, deploys(["bob", "cat"])),
	"elevation.too_few_approvers",
)

test_authors_count_for_destructive_deployments_too if {
	facts := object.union(destructive, deploys(["bob"]))
	denies(object.union(facts, {"scope": {"deploys": true, "destructive": true}}), "elevation.too_few_approvers")
}

test_an_author_never_votes if {
	denies(object.union(vote, deploys(["bob"])), "elevation.author_votes")
	allows(object.union(vote, deploys(["alice", "cat"])))
}

test_a_vote_of_somebody_who_turns_out_to_be_an_author_does_not_count if {
	denies(object.union(execute([approval(bob)]), deploys(["alice", "bob"])), "elevation.votes_missing")
	allows(object.union(execute([approval(bob), approval(cat)]), deploys(["bob"])))
}

test_rule_15_what_is_not_known_whole_is_neither_asked_for_nor_approved_nor_executed if {
	every status in {"missing", "other_repository", "not_found", "unavailable", "cut_short", "unknown_author", "new"} {
		unknown := {"scope": {"deploys": true}, "change": {"status": status, "authors": ["alice"]}}
		denies(object.union(request, unknown), "elevation.change_unresolved")
		denies(object.union(edit, unknown), "elevation.change_unresolved")
		denies(object.union(vote, unknown), "elevation.change_unresolved")
		denies(object.union(execute([approval(bob)]), unknown), "elevation.change_unresolved")
	}
}

test_what_is_missing_of_a_change_is_said if {
	facts := object.union(request, {"scope": {"deploys": true}, "change": {"status": "cut_short", "authors": []}})
	decision := elevation.decision with input as facts
	startswith(decision.reasons[0].message, "This is more than can be read")
}

test_a_change_without_any_author_is_none if denies(object.union(request, deploys([])), "elevation.change_unresolved")

test_a_scope_that_does_not_say_whether_it_deploys_is_not_asked_for if {
	unsaid := object.union(request, {"scope": {"deploys": null}})
	answers(unsaid, "deny", {"elevation.change_unresolved", "elevation.too_few_approvers"})
	answers(object.union(request, {"scope": {"deploys": true}}), "deny", {"elevation.change_unresolved", "elevation.too_few_approvers"})
}

# Deciding (rule 4)

test_an_approver_may_vote if allows(vote)

test_rule_4_the_requester_never_votes if denies(
	object.union(vote, {"actor": bob, "requester": bob}),
	"elevation.requester_votes",
)

test_rule_4_the_subject_never_votes if denies(object.union(vote, {"subject": bob}), "elevation.subject_votes")

test_who_is_both_hears_both if answers(
	object.union(vote, {"requester": bob, "subject": bob}),
	"deny",
	{"elevation.requester_votes", "elevation.subject_votes"},
)

test_voting_takes_an_approver_role if {
	denies(object.union(vote, {"actor": dan}), "elevation.not_an_approver")
	denies(object.union(vote, {"actor": {"roles": []}}), "elevation.not_an_approver")
}

test_services_and_guests_never_vote if {
	blocks(object.union(vote, {"actor": {"kind": "service"}}), "elevation.not_human_votes")
	blocks(object.union(vote, {"actor": {"guest": true}}), "elevation.not_human_votes")
}

test_strangers_and_deactivated_accounts_never_vote if {
	gone := {"elevation.inactive_actor"}
	answers(object.union(vote, {"actor": stranger}), "block", gone)
	answers(object.union(vote, {"actor": deactivated(bob)}), "block", gone)
}

test_a_start_that_passed_is_not_approved if {
	begun := object.union(vote, {"now_ms": 10000000, "start_ms": 10000000 - ((15 * 60) * 1000)})
	allows(begun)
	missed := object.union(begun, {"now_ms": 10000001})
	denies(missed, "elevation.start_missed")
	denies(object.union(missed, {"verdict": "approve"}), "elevation.start_missed")
	denies(json.remove(vote, ["start_ms"]), "elevation.start_missed")
	every verdict in {"deny", "shorten", "ask_more"} {
		allows(object.union(missed, {"verdict": verdict}))
	}
}

# Executing: the same questions again, with the facts of this moment

test_rule_4_enough_votes_execute if allows(execute([approval(bob)]))

test_a_scheduled_access_does_not_begin_before_its_start if {
	denies(object.union(execute([approval(bob)]), {"start_ms": 1001}), "elevation.not_begun")
	allows(object.union(execute([approval(bob)]), {"start_ms": 1000}))
	denies(json.remove(execute([approval(bob)]), ["start_ms"]), "elevation.not_begun")
}

test_rule_15_the_ticket_is_open_still_when_the_access_begins if denies(
	object.union(execute([approval(bob)]), {"system": {"ticket": "verified"}, "ticket": {"status": "closed"}}),
	"elevation.ticket_not_open",
)

test_no_vote_no_execution if denies(execute([]), "elevation.votes_missing")

test_rule_4_who_lost_the_power_to_approve_no_longer_counts if {
	denies(execute([approval(deactivated(bob))]), "elevation.votes_missing")
	denies(execute([approval(object.union(bob, {"roles": ["engineer"]}))]), "elevation.votes_missing")
	denies(execute([approval(object.union(bob, {"guest": true}))]), "elevation.votes_missing")
	denies(execute([approval(object.union(bob, {"kind": "service"}))]), "elevation.votes_missing")
}

test_rule_4_a_vote_of_the_requester_or_subject_never_counts if {
	denies(object.union(execute([approval(bob)]), {"requester": bob}), "elevation.votes_missing")
	denies(object.union(execute([approval(bob)]), {"subject": bob}), "elevation.votes_missing")
}

test_rule_5_a_vote_on_other_terms_does_not_count if denies(
	execute([object.union(approval(bob), {"seal_matches": false})]),
	"elevation.votes_missing",
)

test_rule_4_a_denial_beats_any_number_of_approvals if denies(
	execute([approval(bob), {"principal": cat, "verdict": "deny", "seal_matches": true}]),
	"elevation.denied",
)

test_destructive_takes_two_people_not_two_votes if {
	one_twice := object.union(destructive, {"action": "execute", "request": pending([approval(bob), approval(bob)])})
	denies(one_twice, "elevation.votes_missing")
	allows(object.union(one_twice, {"request": pending([approval(bob), approval(cat)])}))
}

test_what_may_no_longer_be_asked_is_not_executed if {
	approved := execute([approval(bob)])
	denies(object.union(approved, {"requester": deactivated(alice)}), "elevation.requester_inactive")
	denies(object.union(approved, {"subject": deactivated(alice)}), "elevation.subject_inactive")
	denies(object.union(approved, {"requester": {"roles": []}}), "elevation.requester_not_eligible")
	denies(object.union(approved, {"system": {"maximum_minutes": 30}}), "elevation.duration_long")
	answers(object.union(approved, {"scope": null}), "deny", {"elevation.scope_unknown", "elevation.votes_missing"})
}

test_who_triggers_an_execution_adds_nothing if allows(object.union(execute([approval(bob)]), {"actor": null}))

# Living with it

test_rule_9_only_the_subject_sees_the_credential if {
	allows(reveal)
	denies(object.union(reveal, {"actor": bob}), "elevation.not_yours_to_see")
	denies(object.union(reveal, {"subject": bob}), "elevation.not_yours_to_see")
}

test_the_credential_is_seen_only_while_the_access_is_in_force if {
	denies(object.union(reveal, {"request": {"state": "pending"}}), "elevation.not_in_force")
	denies(object.union(reveal, {"now_ms": 2000}), "elevation.not_in_force")
	denies(object.union(reveal, {"request": {"ends_at_ms": null}}), "elevation.not_in_force")
	denies(object.union(reveal, {"now_ms": null}), "elevation.not_in_force")
}

test_a_deactivated_subject_sees_no_credential if blocks(
	object.union(reveal, {"actor": deactivated(alice), "subject": deactivated(alice)}),
	"elevation.inactive_actor",
)

test_those_it_concerns_may_end_it if {
	allows(end)
	allows(object.union(end, {"actor": bob}))
	allows(object.union(end, {"actor": dan}))
	allows(object.union(end, {"actor": cat, "requester": cat, "subject": alice, "system": {"approver_roles": []}}))
}

test_nobody_else_may_end_it if denies(
	object.union(end, {"actor": object.union(alice, {"id": "erin"})}),
	"elevation.not_yours_to_end",
)

test_whoever_asked_or_would_have_it_cancels if {
	allows(cancel)
	allows(object.union(cancel, {"actor": bob, "subject": bob}))
	denies(object.union(cancel, {"actor": bob}), "elevation.not_yours_to_cancel")
}

# Rule 2: what nobody thought of is a denial

test_rule_2_an_unknown_action_is_denied if {
	denies(object.union(request, {"action": "grant"}), "elevation.nothing_applies")
	denies({}, "elevation.nothing_applies")
}

test_rule_2_no_action_goes_through_without_its_facts if {
	every action in {"request", "edit", "vote", "execute", "reveal", "end", "cancel"} {
		decision := elevation.decision with input as {"action": action}
		decision.effect in {"deny", "block"}
	}
}

test_every_reason_is_a_public_sentence if {
	every action in {"request", "edit", "vote", "execute", "reveal", "end", "cancel"} {
		decision := elevation.decision with input as {"action": action}
		every reason in decision.reasons {
			startswith(reason.rule, "elevation.")
			regex.match(`^[A-Z].*\.$`, reason.message)
		}
	}
}

follow := object.union(end, {"action": "follow"})

test_those_it_concerns_and_auditors_follow_a_request if {
	allows(follow)
	allows(object.union(follow, {"actor": bob}))
	allows(object.union(follow, {"actor": dan}))
	allows(object.union(follow, {"actor": object.union(alice, {"id": "ann", "roles": ["auditor"]})}))
	denies(object.union(follow, {"actor": object.union(alice, {"id": "erin"})}), "elevation.not_yours_to_follow")
	blocks(object.union(follow, {"actor": deactivated(bob)}), "elevation.inactive_actor")
}
