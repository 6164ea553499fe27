//! The account and its number, for a program that checks how they are configured.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::rfc_2822;
use crate::config::CarrierConfig;
use crate::number::PhoneNumber;

/// Id of the only number.
const NUMBER_SID: &str = "PN0123456789abcdef0123456789abcdef";
/// Id of the Messaging Service that has the number.
const SERVICE_SID: &str = "MG0123456789abcdef0123456789abcdef";

/// Returns the account.
pub(super) fn account(config: &CarrierConfig) -> Value {
    let sid = config.account.as_str();
    let created = rfc_2822(Timestamp::UNIX_EPOCH);
    json!({
        "sid": sid, "owner_account_sid": sid, "friendly_name": "simulated", "type": "Full", "status": "active",
        "auth_token": config.tokens.primary, "date_created": created, "date_updated": created,
        "subresource_uris": {}, "uri": format!("/2010-04-01/Accounts/{sid}.json"),
    })
}

/// Returns the page of the numbers that match `wanted`.
pub(super) fn numbers(config: &CarrierConfig, wanted: Option<&str>, uri: &str) -> Value {
    let is_wanted = wanted.is_none_or(|wanted| wanted == config.service_number.as_str());
    let found: Vec<Value> = is_wanted.then(|| number(config, &config.service_number)).into_iter().collect();
    json!({
        "incoming_phone_numbers": found, "uri": uri, "first_page_uri": uri, "next_page_uri": null,
        "previous_page_uri": null, "page": 0, "page_size": 50, "start": 0, "end": 0,
    })
}

fn number(config: &CarrierConfig, number: &PhoneNumber) -> Value {
    let account = config.account.as_str();
    let created = rfc_2822(Timestamp::UNIX_EPOCH);
    json!({
        "sid": NUMBER_SID, "account_sid": account, "phone_number": number.as_str(),
        "friendly_name": number.formatted(), "capabilities": { "voice": true, "sms": true, "mms": false, "fax": false },
        "sms_url": config.sms_url, "sms_method": "POST", "sms_fallback_url": "", "sms_fallback_method": "POST",
        "sms_application_sid": null, "voice_url": config.voice_url, "voice_method": "POST", "voice_fallback_url": "",
        "voice_fallback_method": "POST", "voice_application_sid": null, "voice_caller_id_lookup": false,
        "voice_receive_mode": "voice", "trunk_sid": null, "status_callback": "", "status_callback_method": "POST",
        "address_sid": null, "address_requirements": "none", "identity_sid": null, "bundle_sid": null,
        "emergency_status": "Inactive", "emergency_address_sid": null, "emergency_address_status": "unregistered",
        "api_version": "2010-04-01", "beta": false, "origin": "twilio", "status": "in-use",
        "date_created": created, "date_updated": created,
        "uri": format!("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers/{NUMBER_SID}.json"),
    })
}

/// Returns a page of a list of the API for registrations.
pub(super) fn registrations(resource: &str) -> Option<Value> {
    let service = format!("Services/{SERVICE_SID}");
    match resource.strip_prefix(&service) {
        Some("/PhoneNumbers") => Some(json!({ "phone_numbers": [{ "sid": NUMBER_SID }] })),
        Some("/Compliance/Usa2p") => Some(json!({ "compliance": [{ "campaign_status": "VERIFIED" }] })),
        None if resource == "Services" => {
            let service = json!({ "sid": SERVICE_SID, "use_inbound_webhook_on_number": true });
            Some(json!({ "services": [service] }))
        }
        None if resource == "Tollfree/Verifications" => {
            Some(json!({ "verifications": [{ "status": "TWILIO_APPROVED" }] }))
        }
        _ => None,
    }
}
