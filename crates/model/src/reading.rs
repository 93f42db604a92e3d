//! Reading answers in few bytes of code.
//!
//! In WASM `derive(Deserialize)` is a tenth of a page: for each type a parser of its objects and its lists, with a message for whatever
//! may be missing or there twice. Pages read from JSON that is parsed already ([`Json`]), and a type names its fields once
//! (`read_object!`).

use std::collections::BTreeMap;

use serde_json::Value;

/// A value of JSON that somebody parsed: in the browser the browser itself, elsewhere `serde_json`.
pub trait Json: Sized {
    /// True for an object.
    fn is_object(&self) -> bool;
    /// The member of an object; `None` where it is missing or null, and of what is no object.
    fn member(&self, name: &str) -> Option<Self>;
    /// All members of an object; `None` of what is none.
    fn members(&self) -> Option<Vec<(String, Self)>>;
    /// What a list holds; `None` of what is none.
    fn items(&self) -> Option<Vec<Self>>;
    /// The text; `None` of what is none.
    fn text(&self) -> Option<String>;
    /// The number, exact up to 2⁵³; `None` of what is none.
    fn number(&self) -> Option<f64>;
    /// True or false; `None` of what is neither.
    fn flag(&self) -> Option<bool>;
}

/// What can be read out of JSON; members of objects that are unknown are passed over.
pub trait Read: Sized {
    /// `None` where the JSON has another shape.
    fn read<J: Json>(json: &J) -> Option<Self>;

    /// What a member is that is missing or null; `None` where it must be there.
    fn absent() -> Option<Self> {
        None
    }
}

impl Json for &Value {
    fn is_object(&self) -> bool {
        Value::is_object(self)
    }

    fn member(&self, name: &str) -> Option<Self> {
        self.get(name).filter(|member| !member.is_null())
    }

    fn members(&self) -> Option<Vec<(String, Self)>> {
        Some(self.as_object()?.iter().map(|(name, member)| (name.clone(), member)).collect())
    }

    fn items(&self) -> Option<Vec<Self>> {
        Some(self.as_array()?.iter().collect())
    }

    fn text(&self) -> Option<String> {
        self.as_str().map(str::to_owned)
    }

    fn number(&self) -> Option<f64> {
        self.as_f64()
    }

    fn flag(&self) -> Option<bool> {
        self.as_bool()
    }
}

/// Reads a member of an object.
pub(crate) fn member<T: Read>(json: &impl Json, name: &str) -> Option<T> {
    match json.member(name) {
        Some(member) => T::read(&member),
        None => T::absent(),
    }
}

impl Read for String {
    fn read<J: Json>(json: &J) -> Option<Self> {
        json.text()
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl Read for bool {
    fn read<J: Json>(json: &J) -> Option<Self> {
        json.flag()
    }

    fn absent() -> Option<Self> {
        Some(false)
    }
}

impl Read for i64 {
    #[expect(clippy::cast_possible_truncation, reason = "what is counted is whole, and smaller than 2⁵³")]
    fn read<J: Json>(json: &J) -> Option<Self> {
        json.number().map(|number| number as Self)
    }

    fn absent() -> Option<Self> {
        Some(0)
    }
}

macro_rules! read_count {
    ($($type:ident)+) => {
        $(impl Read for $type {
            fn read<J: Json>(json: &J) -> Option<Self> {
                Self::try_from(i64::read(json)?).ok()
            }

            fn absent() -> Option<Self> {
                Some(0)
            }
        })+
    };
}

read_count!(u16 u32 u64 usize);

impl<T: Read> Read for Option<T> {
    fn read<J: Json>(json: &J) -> Option<Self> {
        T::read(json).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read<J: Json>(json: &J) -> Option<Self> {
        json.items()?.iter().map(T::read).collect()
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl Read for BTreeMap<String, String> {
    fn read<J: Json>(json: &J) -> Option<Self> {
        json.members()?.into_iter().map(|(name, member)| Some((name, member.text()?))).collect()
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

/// Reads a struct out of an object: each field with the name of its member. After `..` all that is not named is at its default.
macro_rules! read_object {
    ($type:ident { $($field:ident = $name:literal,)+ .. }) => {
        impl $crate::reading::Read for $type {
            fn read<J: $crate::reading::Json>(json: &J) -> Option<Self> {
                json.is_object().then_some(())?;
                Some(Self { $($field: $crate::reading::member(json, $name)?,)+ ..Self::default() })
            }
        }
    };
    ($type:ident { $($field:ident = $name:literal),+ $(,)? }) => {
        impl $crate::reading::Read for $type {
            fn read<J: $crate::reading::Json>(json: &J) -> Option<Self> {
                json.is_object().then_some(())?;
                Some(Self { $($field: $crate::reading::member(json, $name)?,)+ })
            }
        }
    };
}

/// Reads an enum out of its text: by its `from_text`, or by the names that are given.
macro_rules! read_text {
    ($type:ident) => {
        impl $crate::reading::Read for $type {
            fn read<J: $crate::reading::Json>(json: &J) -> Option<Self> {
                Self::from_text(&json.text()?).into()
            }
        }
    };
    ($type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $crate::reading::Read for $type {
            fn read<J: $crate::reading::Json>(json: &J) -> Option<Self> {
                match &*json.text()? {
                    $($name => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use {read_object, read_text};
