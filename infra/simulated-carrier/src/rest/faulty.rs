//! Handles REST requests under the faults of a test.

use std::sync::Arc;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::sync::oneshot;

use super::problem::Problem;
use super::request::ApiRequest;
use crate::fault::{Fault, FaultKind, RequestKind};
use crate::log::LogEvent;
use crate::number::PhoneNumber;
use crate::state::SharedState;
use crate::webhook_kind::ResourceKind;

/// The resource, kind and recipient of a request, by which faults are selected.
pub(super) struct RequestTarget {
    pub(super) resource: ResourceKind,
    pub(super) request: RequestKind,
    pub(super) number: Option<PhoneNumber>,
}

/// The status and the resource of a response.
pub(super) type ApiResult = Result<(StatusCode, Value), Problem>;

impl RequestTarget {
    /// Handles the request, under the fault that applies to it, if any. The work is finished even if the client
    /// disconnects, as at a real carrier.
    pub(super) async fn under_faults(
        self,
        api: ApiRequest,
        make: impl FnOnce(&ApiRequest, Option<&Fault>) -> ApiResult + Send + 'static,
    ) -> Result<Response, Problem> {
        let (answered, answer) = oneshot::channel();
        let state = Arc::clone(&api.state);
        let connection = api.connection.clone();
        state.spawn(async move {
            if let Some(made) = self.make(&api, make).await {
                // An error means that the client has disconnected.
                let _ = answered.send(made);
            }
        });
        match answer.await {
            Ok(made) => made.map(|(status, resource)| (status, Json(resource)).into_response()),
            Err(_) => connection.cut().await,
        }
    }

    /// Returns the response. Absent if the connection must be closed instead.
    async fn make(
        self,
        api: &ApiRequest,
        make: impl FnOnce(&ApiRequest, Option<&Fault>) -> ApiResult,
    ) -> Option<ApiResult> {
        let faults = &api.state.faults;
        let fault = self.number.as_ref().and_then(|number| faults.on_request(number, self.resource, self.request));
        let Some(fault) = fault else { return Some(make(api, None)) };
        match fault.kind {
            FaultKind::RefuseNumber => {
                let message = format!("Invalid 'To' Phone Number: {}", fault.to);
                self.refuse(api, Problem::bad(fault.refusal_code(), message))
            }
            FaultKind::Http401 => self.refuse(api, Problem::unauthorized()),
            FaultKind::Http429 => {
                let retry_after_s = fault.ms.map(|ms| ms.div_ceil(1000));
                self.refuse(api, Problem::too_many(retry_after_s))
            }
            FaultKind::Http500 => self.refuse(api, Problem::internal_error()),
            FaultKind::CloseBefore => {
                self.log_drop(api, &fault);
                None
            }
            FaultKind::CloseAfterAccept => {
                drop(make(api, Some(&fault)));
                None
            }
            FaultKind::Slow => {
                tokio::time::sleep(fault.delay()).await;
                Some(make(api, Some(&fault)))
            }
            FaultKind::Hold => {
                let made = make(api, Some(&fault));
                tokio::time::sleep(fault.delay()).await;
                Some(made)
            }
            FaultKind::Busy
            | FaultKind::NoAnswer
            | FaultKind::CallFails
            | FaultKind::Queue
            | FaultKind::CancelRefused
            | FaultKind::DoubleWebhook
            | FaultKind::Reorder
            | FaultKind::LoseWebhook => Some(make(api, None)),
        }
    }

    fn refuse(&self, api: &ApiRequest, problem: Problem) -> Option<ApiResult> {
        if self.request == RequestKind::Create {
            log_refusal(&api.state, self.resource, self.number.as_ref(), &problem);
        }
        Some(Err(problem))
    }

    fn log_drop(&self, api: &ApiRequest, fault: &Fault) {
        if self.request == RequestKind::Create {
            let fault_name = fault.kind.name().to_owned();
            let event = match self.resource {
                ResourceKind::Calls => LogEvent::CallDropped { fault: fault_name },
                ResourceKind::Messages => LogEvent::TextDropped { fault: fault_name },
            };
            api.state.log.write(Some(&fault.to), event);
        }
    }
}

/// Logs that a request to create a resource was refused.
pub(super) fn log_refusal(
    state: &SharedState,
    resource: ResourceKind,
    number: Option<&PhoneNumber>,
    problem: &Problem,
) {
    let (code, status) = (problem.code, problem.status);
    let event = match resource {
        ResourceKind::Calls => LogEvent::CallRefused { code, status },
        ResourceKind::Messages => LogEvent::TextRefused { code, status },
    };
    state.log.write(number, event);
}
