use std::time::Duration;

use leptos::prelude::{request_animation_frame, set_timeout};

/// Runs something once the browser has painted, in the frame after: what somebody pressed then shows at once that it was, however long
/// the work takes. Never in a tab that nobody sees, until it is seen.
pub fn after_paint(work: impl FnOnce() + 'static) {
    request_animation_frame(move || set_timeout(work, Duration::ZERO));
}
