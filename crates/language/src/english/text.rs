//! A text as tokens, and the words that the grammar knows.

pub(crate) mod courtesy;
pub(crate) mod lexicon;
pub(crate) mod normalize;
pub(crate) mod phrases;
pub(crate) mod reader;
pub(crate) mod tokens;
pub(crate) mod vocabulary;
pub(crate) mod word;
