//! Rule: the guides name parameters, outputs and files that exist, and the workflow that deploys does what the guide says.

use std::collections::BTreeSet;

use local::local_paths::LocalPaths;
use local::stack::{TEXT_RETRIES, VOICE_RETRIES};

use super::alarms::anchor;
use super::reading::Template;

const GUIDES: [&str; 4] = ["README.md", "docs/deploying.md", "docs/operating.md", "docs/decisions.md"];

fn read(file: &str) -> String {
    let path = LocalPaths::here().root().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the name that ends a text: letters and digits, with a lower-case letter in it, as parameters have.
fn name_at_end(text: &str) -> Option<&str> {
    let name = text.rsplit(|letter: char| !letter.is_ascii_alphanumeric()).next()?;
    let is_camel = name.starts_with(|first: char| first.is_ascii_uppercase()) && name.contains(char::is_lowercase);
    is_camel.then_some(name)
}

/// A misspelled parameter would be reported only by SAM, and a misspelled output would print nothing.
#[test]
fn the_guides_name_only_parameters_and_outputs_that_exist() {
    // Words of the AWS CLI before a "=".
    let of_cli = ["Key", "Values", "OutputKey"];
    let template = Template::read();
    let role = read("infra/deploy-role.yaml");
    let mut names = BTreeSet::new();
    for guide in GUIDES {
        let text = read(guide);
        for (at, _) in text.match_indices('=') {
            let Some(name) = name_at_end(&text[..at]).filter(|name| !of_cli.contains(name)) else { continue };
            let exists =
                template.parameter(name).is_object() || role.contains(&format!("\n  {name}:\n    Type: String"));
            assert!(exists, "{guide}: expected a parameter {name}, found none");
            names.insert(name.to_owned());
        }
        for found in text.split("OutputKey=='").skip(1) {
            let name = found.split('\'').next().unwrap();
            // SAM's own stack has this output.
            let exists = template.outputs()[name].is_object() || name == "SourceBucket";
            assert!(exists, "{guide}: expected an output {name}, found none");
            names.insert(name.to_owned());
        }
    }
    assert!(names.len() > 15, "{names:?}");
}

#[test]
fn each_link_of_the_guides_leads_to_a_file_and_a_heading() {
    let mut count = 0;
    for guide in GUIDES {
        let text = read(guide);
        let folder = guide.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            if link.contains("://") {
                continue;
            }
            let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
            let mut path = LocalPaths::here().root().join(folder);
            if file.is_empty() {
                path = LocalPaths::here().root().join(guide);
            } else {
                path.push(file);
            }
            assert!(path.exists(), "{guide}: {link}");
            if !fragment.is_empty() {
                let target = std::fs::read_to_string(&path).unwrap();
                let headings = target.lines().filter(|line| line.starts_with('#'));
                let mut anchors = headings.map(|line| anchor(line.trim_start_matches('#')));
                assert!(anchors.any(|found| found == fragment), "{guide}: no heading for {link}");
            }
            count += 1;
        }
    }
    assert!(count > 40, "{count}");
}

/// What a person enters by hand at Twilio must retry after the same failures as the URLs that the service sends.
#[test]
fn the_guide_and_cargo_local_ask_for_the_retries_that_the_code_asks_for() {
    let public_url: twilio::PublicUrl = "https://a.example".parse().unwrap();
    let code = public_url.webhook("/voice");
    let policy = code.split_once("&rp=").unwrap().1;
    let guide = read("docs/deploying.md");
    let texts = format!("/sms#rc=3&rp={policy}");
    let calls = code.strip_prefix("https://a.example").unwrap();
    for row in [
        format!("| A message comes in | `{texts}` |"),
        format!("| Primary handler fails (messaging) | `{texts}` |"),
        format!("| A call comes in | `{calls}` |"),
    ] {
        assert!(guide.contains(&row), "expected in the guide: {row}");
    }
    assert_eq!((texts, calls.to_owned()), (format!("/sms{TEXT_RETRIES}"), format!("/voice{VOICE_RETRIES}")));
    // A throttled request gets a 429, and Twilio's policies have no other words that include it.
    assert!(["all", "4xx"].iter().any(|word| policy.split(',').any(|found| found == *word)), "{policy}");
}

/// A tag of an action can be moved to other code, a commit can't.
#[test]
fn the_workflows_pin_each_action_by_its_commit() {
    for file in [".github/workflows/ci.yml", ".github/workflows/deploy.yml"] {
        let text = read(file);
        let used: Vec<&str> = text.lines().filter_map(|line| line.split_once("uses: ")).map(|(_, used)| used).collect();
        assert!(used.len() >= 3, "{file}: {used:?}");
        for action in used {
            let (_, commit) = action.split_once('@').unwrap();
            let (commit, version) = commit.split_once(" # v").unwrap_or_else(|| panic!("{file}: {action}"));
            let is_commit = commit.len() == 40 && commit.chars().all(|digit| digit.is_ascii_hexdigit());
            assert!(is_commit && version.starts_with(|digit: char| digit.is_ascii_digit()), "{file}: {action}");
        }
    }
}

#[test]
fn the_workflow_deploys_as_the_guide_says_with_few_permissions() {
    let (workflow, guide) = (read(".github/workflows/deploy.yml"), read("docs/deploying.md"));
    for command in [
        "python3 -m venv .local/deploy",
        ".local/deploy/bin/pip install --require-hashes --no-deps --requirement infra/local/requirements/sam.txt",
        "rustup target add aarch64-unknown-linux-gnu",
        "sam build",
        "sam deploy",
    ] {
        let in_guide = guide.lines().any(|line| line.starts_with(command));
        let in_workflow =
            workflow.lines().any(|line| line.trim_start().trim_start_matches("run: ").starts_with(command));
        assert!(in_guide && in_workflow, "{command}: in the guide {in_guide}, in the workflow {in_workflow}");
    }
    assert!(workflow.contains("\npermissions: {}\n"));
    assert!(workflow.contains("\n    permissions:\n      contents: read\n      id-token: write\n    env:\n"));
    assert!(workflow.contains("\nconcurrency:\n  group: deploy\n  cancel-in-progress: false\n"));
    assert!(!workflow.contains("secrets."), "expected no stored key");
    let built = workflow.find("run: sam build").unwrap();
    assert!(built < workflow.find("role-to-assume").unwrap(), "expected that a build has no credentials");
}

/// Shows the trust policy with the values of the guide, and compares it with the one in the template.
#[test]
fn the_guide_shows_the_trust_policy_of_the_role() {
    let (role, guide) = (read("infra/deploy-role.yaml"), read("docs/deploying.md"));
    let subject = "token.actions.githubusercontent.com:sub";
    assert!(role.contains(&format!("{subject}: !Sub repo:${{Repository}}:environment:${{Stage}}")));
    assert!(role.contains("token.actions.githubusercontent.com:aud: sts.amazonaws.com"));
    assert!(role.contains("Action: sts:AssumeRoleWithWebIdentity"));
    let json = guide.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let shown: serde_json::Value = serde_json::from_str(json).unwrap();
    let statement = &shown["Statement"][0];
    assert_eq!(statement["Action"], "sts:AssumeRoleWithWebIdentity");
    let equal = &statement["Condition"]["StringEquals"];
    assert_eq!(equal["token.actions.githubusercontent.com:aud"], "sts.amazonaws.com");
    let repository = guide.split("Repository=").nth(1).unwrap().split(' ').next().unwrap();
    assert_eq!(equal[subject], format!("repo:{repository}:environment:production"));
    let federated = "oidc-provider/token.actions.githubusercontent.com";
    assert!(statement["Principal"]["Federated"].as_str().unwrap().ends_with(federated) && role.contains(federated));
}
