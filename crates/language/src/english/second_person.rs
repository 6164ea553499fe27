//! A task as it is said back to the person who texted it: "call my mom" becomes "call your mom".

/// Returns the task as it is said back to the person: "call my mom" becomes "call your mom".
///
/// ```
/// assert_eq!(language::in_second_person("call my mom, I owe her"), "call your mom, you owe her");
/// ```
#[must_use]
pub fn in_second_person(task: &str) -> String {
    let mut turned = String::with_capacity(task.len() + 8);
    let mut word = String::new();
    for c in task.chars().chain([' ']) {
        if c.is_alphanumeric() || c == '\'' || c == '’' {
            word.push(c);
            continue;
        }
        turned.push_str(turn(&word).unwrap_or(&word));
        word.clear();
        turned.push(c);
    }
    turned.pop();
    turned
}

fn turn(word: &str) -> Option<&'static str> {
    // In a text "i" means the same as "I", and "ME" is just a shouted "me".
    Some(match word.to_ascii_lowercase().replace('’', "'").as_str() {
        "my" => "your",
        "mine" => "yours",
        "me" | "i" => "you",
        "myself" => "yourself",
        "i'm" | "im" => "you're",
        "i've" => "you've",
        "i'll" => "you'll",
        "i'd" => "you'd",
        "am" => "are",
        _ => return None,
    })
}
