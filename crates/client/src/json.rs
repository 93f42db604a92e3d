//! Where JSON is parsed: by the browser in WASM, so that no parser is in the page, and by `serde_json` elsewhere.

use model::reading::Read;

/// Reads a text; `None` where it is no JSON, or has another shape.
#[cfg(not(target_family = "wasm"))]
pub fn parse<T: Read>(text: &str) -> Option<T> {
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    T::read(&&json)
}

/// Reads a text; `None` where it is no JSON, or has another shape.
#[cfg(target_family = "wasm")]
pub fn parse<T: Read>(text: &str) -> Option<T> {
    js_sys::JSON::parse(text).ok().and_then(|json| T::read(&browser::Parsed(json)))
}

#[cfg(target_family = "wasm")]
mod browser {
    use js_sys::{Array, Object, Reflect};
    use model::reading::Json;
    use wasm_bindgen::{JsCast as _, JsValue};

    /// A value that the browser parsed.
    pub(super) struct Parsed(pub(super) JsValue);

    impl Json for Parsed {
        fn is_object(&self) -> bool {
            self.0.is_object() && !Array::is_array(&self.0)
        }

        fn member(&self, name: &str) -> Option<Self> {
            let member = Reflect::get(&self.0, &JsValue::from_str(name)).ok()?;
            (!member.is_null() && !member.is_undefined()).then_some(Self(member))
        }

        fn members(&self) -> Option<Vec<(String, Self)>> {
            self.is_object().then_some(())?;
            let object: &Object = self.0.unchecked_ref();
            let member = |name: JsValue| {
                let name = name.as_string()?;
                Some((name.clone(), self.member(&name)?))
            };
            Some(Object::keys(object).iter().filter_map(member).collect())
        }

        fn items(&self) -> Option<Vec<Self>> {
            Array::is_array(&self.0).then(|| self.0.unchecked_ref::<Array>().iter().map(Self).collect())
        }

        fn text(&self) -> Option<String> {
            self.0.as_string()
        }

        fn number(&self) -> Option<f64> {
            self.0.as_f64()
        }

        fn flag(&self) -> Option<bool> {
            self.0.as_bool()
        }
    }
}
