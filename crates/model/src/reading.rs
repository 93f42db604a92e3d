//! Reading JSON in few bytes of code.

/// Reads a type out of a JSON object: what is missing is at its default, what is unknown is passed over. In WASM a third of what
/// `derive(Deserialize)` makes, which also reads arrays and tells what is missing or there twice.
macro_rules! read_object {
    ($type:ident { $($field:ident = $name:literal),+ $(,)? }) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Reader;
                impl<'de> serde::de::Visitor<'de> for Reader {
                    type Value = $type;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$type, A::Error> {
                        let mut read = $type::default();
                        while let Some(name) = map.next_key::<String>()? {
                            match &*name {
                                $($name => read.$field = map.next_value()?,)+
                                _ => {
                                    map.next_value::<serde::de::IgnoredAny>()?;
                                }
                            }
                        }
                        Ok(read)
                    }
                }
                deserializer.deserialize_map(Reader)
            }
        }
    };
}

pub(crate) use read_object;
