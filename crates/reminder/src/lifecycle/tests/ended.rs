use super::*;

const ENDS: [End; 5] = [End::Heard, End::Unconfirmed, End::Missed, End::Cancelled, End::Failed];

#[test]
fn an_ended_reminder_does_not_change() {
    let generation = GENERATION;
    for given in ENDS.map(ended_reminder) {
        let events = [
            Event::WakeUpSent { generation },
            woken(generation),
            Event::SlotAssigned { generation, slot: slot(50) },
            Event::NoSlotInTime { generation },
            Event::Postponed { generation, until: t(50) },
            Event::TextSlotAssigned { generation, slot: slot(50) },
            refused_for_now(0, 30),
            refused_for_good(0),
            reported(0, Report::PickedUp),
            reported(0, Report::Completed),
            reported(0, Report::NotReached),
            pressed(0),
            Event::DeadlinePassed,
            Event::TextAccepted { generation: GENERATION },
            Event::TextRefusedForNow { generation: GENERATION, retry_at: t(70) },
            Event::TextRefusedForGood { generation: GENERATION },
            Event::Acknowledged,
            Event::Deleted,
            Event::Rescheduled { due: t(3600), source: DueSource::Fixed },
            Event::ZoneCorrected { zone: Zone::UTC, due: t(3600) },
            Event::SeriesReplanned { zone: Zone::UTC, due: t(3600) },
            Event::Skipped,
            Event::OptedOut { epoch: 9 },
        ];
        check_all(&given, 100, events.map(|event| (event, Ignored)));
    }
}

#[test]
fn a_late_call_after_the_end_is_cancelled() {
    for given in ENDS.map(ended_reminder) {
        check(&given, 100, &accepted(9), Acts(hang_up_on(9)));
        check(&given, 100, &reported(9, Report::Initiated), Acts(hang_up_on(9)));
    }
}

#[test]
fn a_late_report_of_a_call_that_is_known_to_be_over_is_ignored() {
    check(&ended_reminder(End::Unconfirmed), 100, &accepted(0), Ignored);
    check(&ended_reminder(End::Unconfirmed), 100, &reported(0, Report::Initiated), Ignored);
}

#[test]
fn a_call_that_is_accepted_after_its_person_said_done_is_cancelled() {
    for end in [End::Heard, End::Cancelled, End::Missed, End::Failed] {
        check(&ended_reminder(end), 100, &accepted(0), Acts(hang_up_on(0)));
        check(&ended_reminder(end), 100, &reported(0, Report::Initiated), Acts(hang_up_on(0)));
    }
}
