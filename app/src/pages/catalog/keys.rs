use leptos::{prelude::*, web_sys};
use wasm_bindgen::JsCast;

use crate::components::is_typing;

/// `j` and `k` move the focus through the rows; Enter then opens the link that has it, `s` stars its entity.
pub(super) fn walk_rows() {
    Effect::new(|| {
        let handle = window_event_listener(leptos::ev::keydown, |event| {
            let step = match event.key().as_str() {
                "j" => 1,
                "k" => -1,
                "s" => 0,
                _ => return,
            };
            if !(event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(&event)) {
                match step {
                    0 => press_star(),
                    step => step_focus(step),
                }
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// The star of the row that has the focus.
fn press_star() {
    let row = document().active_element().and_then(|active| active.closest("tr").ok()?);
    let star = row.and_then(|row| row.query_selector(".star").ok()?);
    if let Some(star) = star.and_then(|star| star.dyn_into::<web_sys::HtmlElement>().ok()) {
        star.click();
    }
}

fn step_focus(step: i32) {
    let Ok(rows) = document().query_selector_all("td.name a") else { return };
    let count = i32::try_from(rows.length()).unwrap_or(i32::MAX);
    let active = document().active_element();
    let link = |at: i32| rows.item(u32::try_from(at).ok()?)?.dyn_into::<web_sys::HtmlElement>().ok();
    let at = (0..count).find(|at| link(*at).map(Into::into) == active).map_or(0, |at| at + step);
    if let Some(link) = link(at.clamp(0, (count - 1).max(0))) {
        _ = link.focus();
    }
}
