//! The template as a value, with its short forms written out: `!Ref Table` is `{"Ref": "Table"}`.

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde_json::{Map, Value, json};

/// The template.
pub(crate) struct Template(Value);

impl Template {
    pub(crate) fn read() -> Self {
        let file = local::local_paths::LocalPaths::here().root().join("infra/template.yaml");
        let text = std::fs::read_to_string(&file).unwrap();
        let documents = Yaml::load_from_str(&text).unwrap();
        Self(value(&documents[0]))
    }

    pub(crate) fn globals(&self) -> &Value {
        &self.0["Globals"]["Function"]
    }

    pub(crate) fn parameter(&self, name: &str) -> &Value {
        &self.0["Parameters"][name]
    }

    pub(crate) fn resource(&self, name: &str) -> &Value {
        let resource = &self.0["Resources"][name];
        assert!(resource.is_object(), "the template has no {name}");
        resource
    }

    pub(crate) fn properties(&self, name: &str) -> &Value {
        &self.resource(name)["Properties"]
    }

    /// Name and properties of each resource of a type.
    pub(crate) fn of_type(&self, kind: &str) -> impl Iterator<Item = (&str, &Value)> {
        let resources = self.0["Resources"].as_object().unwrap().iter();
        let found: Vec<_> = resources.filter(|(_, resource)| resource["Type"] == kind).collect();
        assert!(!found.is_empty(), "the template has no {kind}");
        found.into_iter().map(|(name, resource)| (name.as_str(), &resource["Properties"]))
    }

    pub(crate) fn functions(&self) -> Vec<String> {
        self.of_type("AWS::Serverless::Function").map(|(name, _)| name.to_owned()).collect()
    }

    /// Names of the functions' environment variables.
    pub(crate) fn variables(&self) -> Vec<String> {
        self.globals()["Environment"]["Variables"].as_object().unwrap().keys().cloned().collect()
    }

    /// The default of the parameter that an environment variable gets.
    pub(crate) fn default_of_variable(&self, name: &str) -> String {
        let parameter = self.globals()["Environment"]["Variables"][name]["Ref"].as_str();
        let parameter = parameter.unwrap_or_else(|| panic!("{name} is no parameter"));
        match &self.parameter(parameter)["Default"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    /// Each function that reads a queue, with how.
    pub(crate) fn queue_events(&self) -> Vec<(String, Value)> {
        let mut found = Vec::new();
        for (name, function) in self.of_type("AWS::Serverless::Function") {
            for event in function["Events"].as_object().into_iter().flat_map(Map::values) {
                if event["Type"] == "SQS" {
                    found.push((name.to_owned(), event["Properties"].clone()));
                }
            }
        }
        found
    }

    /// Where queues and schedules leave what could not be delivered.
    pub(crate) fn dead_letter_queues(&self) -> Vec<String> {
        let queues = self.of_type("AWS::SQS::Queue");
        let targets = queues.map(|(_, queue)| &queue["RedrivePolicy"]["deadLetterTargetArn"]);
        let schedules = &self.globals()["Environment"]["Variables"]["SCHEDULE_DLQ_ARN"];
        let targets = targets.filter(|arn| arn.is_object()).chain([schedules]);
        targets.map(|arn| target(arn).to_owned()).collect()
    }

    pub(crate) fn role_of(&self, function: &str) -> String {
        target(&self.properties(function)["Role"]).to_owned()
    }

    /// Whether a function's role, by its own policies or the managed ones it names, allows it to send to a queue.
    pub(crate) fn may_send(&self, function: &str, queue: &str) -> bool {
        let role = self.role_of(function);
        let managed = list(&self.properties(&role)["ManagedPolicyArns"]);
        let holders: Vec<&str> = managed.into_iter().map(target).chain([role.as_str()]).collect();
        let queue = json!({ "Fn::GetAtt": format!("{queue}.Arn") });
        self.statements().iter().any(|(holder, statement)| {
            holders.contains(&holder.as_str())
                && list(&statement["Action"]).contains(&&json!("sqs:SendMessage"))
                && list(&statement["Resource"]).contains(&&queue)
        })
    }

    /// Every statement that allows something, with the role or policy that holds it.
    pub(crate) fn statements(&self) -> Vec<(String, Value)> {
        let mut found = Vec::new();
        for (name, role) in self.of_type("AWS::IAM::Role") {
            for policy in list(&role["Policies"]) {
                found.extend(
                    list(&policy["PolicyDocument"]["Statement"]).into_iter().map(|s| (name.to_owned(), s.clone())),
                );
            }
        }
        for (name, policy) in self.of_type("AWS::IAM::ManagedPolicy") {
            found
                .extend(list(&policy["PolicyDocument"]["Statement"]).into_iter().map(|s| (name.to_owned(), s.clone())));
        }
        found
    }

    /// Each route with the function that its integration calls.
    pub(crate) fn routes(&self) -> Vec<(String, String)> {
        let function = |route: &Value| {
            let integration = route["Target"]["Fn::Sub"].as_str().unwrap();
            let integration = integration.strip_prefix("integrations/${").unwrap().trim_end_matches('}');
            let integration = self.properties(integration);
            assert_eq!(integration["PayloadFormatVersion"], "2.0");
            target(&integration["IntegrationUri"]).to_owned()
        };
        let routes = self.of_type("AWS::ApiGatewayV2::Route");
        routes.map(|(_, route)| (route["RouteKey"].as_str().unwrap().to_owned(), function(route))).collect()
    }
}

/// One value or a list of them, as policies have it.
pub(crate) fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// The resource that `!Ref` or `!GetAtt` names.
pub(crate) fn target(reference: &Value) -> &str {
    let name = reference["Ref"].as_str().or_else(|| reference["Fn::GetAtt"].as_str()?.split('.').next());
    name.unwrap_or_else(|| panic!("expected a reference to a resource, found {reference}"))
}

fn value(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(flag)) => json!(flag),
        Yaml::Value(Scalar::Integer(number)) => json!(number),
        Yaml::Value(Scalar::FloatingPoint(number)) => json!(number.into_inner()),
        Yaml::Value(Scalar::String(text)) | Yaml::Representation(text, _, _) => json!(text),
        Yaml::Sequence(items) => items.iter().map(value).collect(),
        Yaml::Mapping(entries) => entries.iter().map(|(key, item)| (key_of(key), value(item))).collect(),
        Yaml::Tagged(tag, item) => {
            let name = if tag.suffix == "Ref" { "Ref".to_owned() } else { format!("Fn::{}", tag.suffix) };
            json!({ name: value(item) })
        }
        Yaml::Alias(_) | Yaml::BadValue => panic!("expected YAML that is understood, found {yaml:?}"),
    }
}

fn key_of(yaml: &Yaml<'_>) -> String {
    yaml.as_str().unwrap_or_else(|| panic!("expected a text for a key, found {yaml:?}")).to_owned()
}
