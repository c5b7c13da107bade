//! Closed lists of codes: one macro, so every list parses, prints and enumerates alike.

/// A word that is not in a closed list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCode {
    /// What the list is about, for example `sens`.
    pub list: &'static str,
    /// The words that would have been accepted.
    pub accepted: &'static [&'static str],
}

/// Declares an enum whose variants have one published code each, in published order.
macro_rules! code_enum {
    ($(#[$meta:meta])* $name:ident, $list:literal { $($(#[$vmeta:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vmeta])* #[doc = concat!("`", $code, "`")] $variant),+ }

        impl $name {
            /// Every member, in published order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Every code, in published order.
            pub const CODES: &'static [&'static str] = &[$($code),+];

            /// The published code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::model::UnknownCode;
            fn from_str(code: &str) -> Result<Self, Self::Err> {
                match code {
                    $($code => Ok(Self::$variant),)+
                    _ => Err($crate::model::UnknownCode { list: $list, accepted: Self::CODES }),
                }
            }
        }
    };
}
pub(crate) use code_enum;
