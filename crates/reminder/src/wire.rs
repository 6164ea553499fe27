//! The formats that parts of the service agree on: the message of a wake-up, a parked text, and the paths of the
//! carrier's callbacks.

mod answer_route;
mod parked_text;
mod routes;
mod version;
mod wake_up;

pub use self::answer_route::{AnswerStatusRoute, NotAnAnswerStatusRoute};
pub(crate) use self::parked_text::AWS;
pub use self::parked_text::{OptOutType, PARKED_TEXT_VERSION, ParkedText, RECEIVED_TEXT_MAX, is_deliverable};
pub use self::routes::{
    CallRoute, CallStep, CallbackRoute, NotACallRoute, NotACallbackRoute, NotATextRoute, NotAVoiceRoute, TextRoute,
    VOICE_PATH, VoiceRoute,
};
pub use self::version::MessageError;
pub use self::wake_up::{DialMessage, TextWakeUpMessage, WAKE_UP_VERSION, WAKE_UP_VERSIONS, WakeUpMessage};
