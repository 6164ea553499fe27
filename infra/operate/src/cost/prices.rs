//! Public prices in US dollars, in the region us-east-1 and for numbers of the US, without free tiers and discounts.
//! Twilio's are those that were reported in the middle of 2026. Compare them with the pages before you rely on them.

use serde::Serialize;

/// When the prices were looked up.
pub const AS_OF: &str = "2026-07";

/// Who sends the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Payee {
    /// Amazon Web Services.
    Aws,
    /// Twilio, the carrier.
    Carrier,
}

/// A public price.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Price {
    /// What is counted.
    pub unit: &'static str,
    /// Dollars for one unit.
    pub dollars: f64,
    /// Who sends the bill.
    pub payee: Payee,
    /// The page with the price.
    pub source: &'static str,
}

const MILLION: f64 = 1e6;

const fn aws(unit: &'static str, dollars: f64, source: &'static str) -> Price {
    Price { unit, dollars, payee: Payee::Aws, source }
}

const fn carrier(unit: &'static str, dollars: f64, source: &'static str) -> Price {
    Price { unit, dollars, payee: Payee::Carrier, source }
}

const CLOUDWATCH: &str = "https://aws.amazon.com/cloudwatch/pricing/";
const DYNAMODB: &str = "https://aws.amazon.com/dynamodb/pricing/on-demand/";
const LAMBDA: &str = "https://aws.amazon.com/lambda/pricing/";
const SMS: &str = "https://www.twilio.com/en-us/sms/pricing/us";
const VOICE: &str = "https://www.twilio.com/en-us/voice/pricing/us";

/// One write of up to 1 KB to the table or to one of its indexes. A write in a transaction counts twice.
pub const WRITE: Price = aws("write unit", 0.625 / MILLION, DYNAMODB);
/// One consistent read of up to 4 KB. An eventually consistent read counts half.
pub const READ: Price = aws("read unit", 0.125 / MILLION, DYNAMODB);
/// One request to SQS.
pub const QUEUE_REQUEST: Price = aws("queue request", 0.40 / MILLION, "https://aws.amazon.com/sqs/pricing/");
/// One invocation by a schedule.
pub const SCHEDULE: Price = aws("schedule", 1.0 / MILLION, "https://aws.amazon.com/eventbridge/pricing/");
/// One request to the HTTP API.
pub const HTTP_REQUEST: Price = aws("HTTP request", 1.0 / MILLION, "https://aws.amazon.com/api-gateway/pricing/");
/// One invocation of a function.
pub const INVOCATION: Price = aws("invocation", 0.20 / MILLION, LAMBDA);
/// One second of a function with 1 GB on arm64.
pub const GB_SECOND: Price = aws("GB-second", 13.333_4 / MILLION, LAMBDA);
/// One gigabyte of logs.
pub const LOG_GB: Price = aws("GB of logs", 0.50, CLOUDWATCH);
/// One metric that an alarm watches, for a month.
pub const ALARM: Price = aws("alarmed metric", 0.10, CLOUDWATCH);
/// One combined alarm for a month.
pub const COMBINED_ALARM: Price = aws("combined alarm", 0.50, CLOUDWATCH);
/// One metric of the functions that has values in each hour of a month.
pub const METRIC: Price = aws("metric and month", 0.30, CLOUDWATCH);
/// One secret for a month.
pub const SECRET: Price = aws("secret and month", 0.40, "https://aws.amazon.com/secrets-manager/pricing/");

/// One begun minute of a call to a US number. Ringing without an answer costs nothing.
pub const CALL_MINUTE: Price = carrier("minute of a call", 0.014, VOICE);
/// Machine detection for one answered call.
pub const DETECTION: Price = carrier("machine detection", 0.0075, VOICE);
/// One segment of a text from the service, with a typical fee of the phone company.
pub const TEXT_OUT: Price = carrier("segment sent", 0.0083 + 0.0035, SMS);
/// One segment of a text to the service. Phone companies that take a fee for it are left out.
pub const TEXT_IN: Price = carrier("segment received", 0.0083, SMS);
/// One US local number for a month.
pub const NUMBER: Price = carrier("number and month", 1.15, VOICE);
/// The cheapest A2P 10DLC campaign for a month.
pub const CAMPAIGN: Price = carrier("campaign and month", 1.50, SMS);

/// Every price of this file.
pub const ALL: [Price; 18] = [
    WRITE,
    READ,
    QUEUE_REQUEST,
    SCHEDULE,
    HTTP_REQUEST,
    INVOCATION,
    GB_SECOND,
    LOG_GB,
    ALARM,
    COMBINED_ALARM,
    METRIC,
    SECRET,
    CALL_MINUTE,
    DETECTION,
    TEXT_OUT,
    TEXT_IN,
    NUMBER,
    CAMPAIGN,
];
