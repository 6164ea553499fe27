//! Whether a person may be texted, and opt-outs at the carrier that the service learns of because a text was refused or
//! not delivered.

use reminder::ids::SentTextId;
use reminder::outgoing_text::{OutgoingText, TextEvent};
use reminder::ports::{Ports, Store, TextStatus, Undelivered, UndeliveredCause, WriteError};
use reminder::profile::{OptStatus, Profile};

use crate::Context;
use crate::applied::{Failed, WRITE_TRIES};
use crate::opt_out::record_opt_out;

/// If a carrier reports that a text was not delivered because the person has opted out, returns that text, and the same
/// report as a failure that may pass.
pub(super) fn opt_out_as_passing(event: &TextEvent) -> Option<(&SentTextId, TextEvent)> {
    match event {
        TextEvent::StatusReported {
            try_number,
            sent,
            status: TextStatus::Undelivered(Undelivered { code, cause: UndeliveredCause::OptedOut }),
        } => {
            let failure = Undelivered { code: *code, cause: UndeliveredCause::Passing };
            let (try_number, status) = (*try_number, TextStatus::Undelivered(failure));
            Some((sent, TextEvent::StatusReported { try_number, sent: sent.clone(), status }))
        }
        _ => None,
    }
}

/// What the service knows about an opt-out that the carrier reported for a text.
pub(super) enum OptOut {
    /// The text must not be sent: the person is opted out or has no profile, or the text was written before an opt-out.
    Known,
    /// The person has opted in since then, so the report is outdated.
    Outdated,
}

/// Records that the person of a text has opted out at the carrier, unless the newest profile shows that they have opted
/// in since. Tries again if another writer changed the profile meanwhile.
///
/// # Errors
/// Fails if the opt-out may not have been written.
pub(super) async fn opt_out<P: Ports>(
    context: Context<'_, P>,
    text: &OutgoingText,
    has_returned: impl Fn(&Profile) -> bool,
) -> Result<OptOut, Failed> {
    let mut failure = WriteError::Conflict;
    for _ in 0..WRITE_TRIES {
        let Some(profile) = context.ports.store().profile(&text.key.person).await? else { return Ok(OptOut::Known) };
        if !may_be_texted(&profile, text) {
            return Ok(OptOut::Known);
        }
        if has_returned(&profile) {
            return Ok(OptOut::Outdated);
        }
        match record_opt_out(context, &profile).await {
            Ok(()) => return Ok(OptOut::Known),
            Err(error) => failure = error,
        }
    }
    Err(Failed::Unwritten(failure))
}

/// Whether the person still wants this text. A person who has opted out gets no texts.
pub(super) fn may_be_texted(profile: &Profile, text: &OutgoingText) -> bool {
    profile.consent.status == OptStatus::OptedIn && text.is_text_wanted(profile.consent.epoch)
}
