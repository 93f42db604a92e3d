use std::{convert::Infallible, fmt, str::FromStr, sync::Arc};

use model::{
    error::{ApiError, ProblemDetails},
    reading::Read,
};

use crate::json::parse;

/// What the REST API answered: a status, and a body of JSON that is read where it is shown.
///
/// Pages keep this and not what it holds, and the server hands it to the browser as it is ([`fmt::Display`], [`FromStr`]): so the way
/// from the API to the page is the same code for all pages, which is most of their WASM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    body: Arc<str>,
}

impl Answer {
    /// An answer with a body of JSON.
    pub fn new(status: u16, body: impl Into<Arc<str>>) -> Self {
        Self { status, body: body.into() }
    }

    /// No answer came, and why.
    pub fn unreachable(why: &str) -> Self {
        Self::new(0, why)
    }

    /// The HTTP status; 0 where no answer came.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The text as it came; why there is none where no answer came.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Reads what was asked for.
    ///
    /// # Errors
    /// The error that was answered; `ResponseError` if the answer has another shape.
    pub fn decode<T: Read>(&self) -> Result<T, ApiError> {
        if !(200..300).contains(&self.status) {
            return Err(self.error());
        }
        self.json().ok_or_else(|| ApiError {
            status: self.status,
            name: "ResponseError".to_owned(),
            message: "the answer has another shape than this page knows; load the page again".to_owned(),
            request_id: None,
        })
    }

    /// Reads the body, whatever the status; `None` if it has another shape.
    pub fn json<T: Read>(&self) -> Option<T> {
        parse(&self.body)
    }

    /// Reads problem details; what is none (a proxy's HTML page) is told by its status.
    fn error(&self) -> ApiError {
        if self.status == 0 {
            return ApiError::unreachable(&*self.body);
        }
        match self.json() {
            Some(ProblemDetails { title, status, detail, request_id, .. }) => {
                ApiError { status, name: title, message: detail, request_id }
            }
            None => ApiError {
                status: self.status,
                name: "ResponseError".to_owned(),
                message: format!("something before the server answered with status {}", self.status),
                request_id: None,
            },
        }
    }
}

/// The status, a space, the body.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.body)
    }
}

/// Reads what [`fmt::Display`] writes; anything else is an answer that can't be read.
impl FromStr for Answer {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let (status, body) = text.split_once(' ').unwrap_or_default();
        Ok(Self::new(status.parse().unwrap_or_default(), body))
    }
}

#[cfg(test)]
mod tests {
    use model::catalog::ProblemList;

    use super::*;

    #[test]
    fn reads_problem_details_and_tells_html_by_its_status() {
        let problem = r#"{"type":"about:blank","title":"InputError","status":400,"detail":"bad","requestId":"r1"}"#;
        let problem = Answer::new(400, problem).decode::<ProblemList>().unwrap_err();
        assert_eq!((problem.status, problem.message.as_str(), problem.request_id.as_deref()), (400, "bad", Some("r1")));
        let html = Answer::new(502, "<html>nginx</html>").decode::<ProblemList>().unwrap_err();
        assert_eq!((html.status, html.name.as_str()), (502, "ResponseError"));
        assert_eq!(Answer::unreachable("gone").decode::<ProblemList>().unwrap_err(), ApiError::unreachable("gone"));
    }

    #[test]
    fn an_answer_of_another_shape_is_an_error() {
        assert_eq!(Answer::new(200, "[]").decode::<ProblemList>().unwrap_err().name, "ResponseError");
    }

    #[test]
    fn an_answer_survives_its_text() {
        for answer in [Answer::new(200, r#"{"a b":1}"#), Answer::unreachable("no way")] {
            assert_eq!(answer.to_string().parse(), Ok(answer));
        }
    }
}
