//! Reads the template as JSON, with YAML's short forms expanded: `!Ref Table` becomes `{"Ref": "Table"}`.

use std::collections::BTreeMap;

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde_json::{Value, json};

/// The values that an operator has chosen for parameters.
pub(crate) type ChosenValues = BTreeMap<String, String>;

/// The parsed SAM template.
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

    pub(crate) fn conditions(&self) -> &Value {
        &self.0["Conditions"]
    }

    pub(crate) fn outputs(&self) -> &Value {
        &self.0["Outputs"]
    }

    pub(crate) fn resource(&self, name: &str) -> &Value {
        let resource = &self.0["Resources"][name];
        assert!(resource.is_object(), "expected the template to have a resource {name}, found none");
        resource
    }

    pub(crate) fn properties(&self, name: &str) -> &Value {
        &self.resource(name)["Properties"]
    }

    /// Returns the name and the properties of each resource of a type.
    pub(crate) fn of_type(&self, kind: &str) -> impl Iterator<Item = (&str, &Value)> {
        let resources = self.0["Resources"].as_object().unwrap().iter();
        let found: Vec<_> = resources.filter(|(_, resource)| resource["Type"] == kind).collect();
        assert!(!found.is_empty(), "expected the template to have a resource of type {kind}, found none");
        found.into_iter().map(|(name, resource)| (name.as_str(), &resource["Properties"]))
    }

    pub(crate) fn functions(&self) -> Vec<String> {
        self.of_type("AWS::Serverless::Function").map(|(name, _)| name.to_owned()).collect()
    }

    /// Returns the names of the functions' environment variables.
    pub(crate) fn variables(&self) -> Vec<String> {
        self.globals()["Environment"]["Variables"].as_object().unwrap().keys().cloned().collect()
    }

    /// Returns the default value of an environment variable that depends on a parameter.
    pub(crate) fn default_of_variable(&self, name: &str) -> String {
        let reference = &self.globals()["Environment"]["Variables"][name];
        self.value(reference, &ChosenValues::new())
            .unwrap_or_else(|| panic!("expected the variable {name} to depend on a parameter, found {reference}"))
    }

    /// Returns the names of the parameters.
    pub(crate) fn parameters(&self) -> Vec<String> {
        self.0["Parameters"].as_object().unwrap().keys().cloned().collect()
    }

    /// Returns the parameters that an environment variable depends on.
    pub(crate) fn parameters_of_variable(&self, name: &str) -> Vec<String> {
        let text = self.globals()["Environment"]["Variables"][name].to_string();
        self.parameters().into_iter().filter(|parameter| text.contains(&format!("\"Ref\":\"{parameter}\""))).collect()
    }

    /// Returns the functions' environment variables with these values of parameters, and defaults for the other
    /// parameters. A parameter without a default, and a value that is known only after a deploy, get a sample.
    pub(crate) fn environment(&self, chosen: &ChosenValues) -> Vec<(String, String)> {
        let variables = self.globals()["Environment"]["Variables"].as_object().unwrap().iter();
        let sample = |name: &str| if name == "SCHEDULE_PREFIX" { "sixthirty-0a1b2c3d" } else { "https://a.example" };
        let value = |name: &str, reference| self.value(reference, chosen).unwrap_or_else(|| sample(name).to_owned());
        variables.map(|(name, reference)| (name.clone(), value(name, reference))).collect()
    }

    /// Returns the value of a reference to a parameter, of a look-up in a mapping, or of an `!If`. The value of an
    /// `!If` is the first of its two values that is known and not empty. Returns `None` for anything else.
    fn value(&self, reference: &Value, chosen: &ChosenValues) -> Option<String> {
        if let Some([map, key, name]) = reference["Fn::FindInMap"].as_array().map(Vec::as_slice) {
            let value = &self.0["Mappings"][map.as_str()?][self.value(key, chosen)?][name.as_str()?];
            return Some(value.as_str().unwrap_or_else(|| panic!("expected a text at {reference}")).to_owned());
        }
        if let Some([_, set, unset]) = reference["Fn::If"].as_array().map(Vec::as_slice) {
            let is_set = |value: &String| !value.is_empty();
            return self.value(set, chosen).filter(is_set).or_else(|| self.value(unset, chosen)).filter(is_set);
        }
        let name = reference["Ref"].as_str()?;
        let parameter = &self.parameter(name);
        chosen.get(name).cloned().or_else(|| match &parameter["Default"] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => parameter.is_object().then(|| "+15551234567".to_owned()),
        })
    }

    /// Returns a whole number of a mapping, which may be a text.
    pub(crate) fn mapped(&self, map: &str, key: &str, name: &str) -> u64 {
        let value = &self.0["Mappings"][map][key][name];
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        number.unwrap_or_else(|| panic!("expected {map} to have a number {key} {name}, found {value}"))
    }

    pub(crate) fn mapping(&self, name: &str) -> &Value {
        &self.0["Mappings"][name]
    }

    pub(crate) fn rule(&self, name: &str) -> &Value {
        &self.0["Rules"][name]
    }

    /// Returns the list of values that a rule accepts for a parameter.
    pub(crate) fn accepted_by_rule(&self, rule: &str) -> Vec<&str> {
        let list = &self.0["Rules"][rule]["Assertions"][0]["Assert"]["Fn::Contains"][0];
        list.as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect()
    }

    /// Returns each function that reads a queue, with the properties of its event source mapping.
    pub(crate) fn queue_mappings(&self) -> Vec<(String, &Value)> {
        let mappings = self.of_type("AWS::Lambda::EventSourceMapping");
        mappings.map(|(_, mapping)| (invoked(&mapping["FunctionName"]).to_owned(), mapping)).collect()
    }

    /// Returns the dead-letter queues of the queues and of EventBridge Scheduler.
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

    /// Returns whether a function's role allows it to send to a queue, by inline or by managed policies.
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

    /// Returns every policy statement with the name of its role or managed policy.
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

    /// Returns each route with the function that it invokes.
    pub(crate) fn routes(&self) -> Vec<(String, String)> {
        let function = |route: &Value| {
            let integration = route["Target"]["Fn::Sub"].as_str().unwrap();
            let integration = integration.strip_prefix("integrations/${").unwrap().trim_end_matches('}');
            let integration = self.properties(integration);
            assert_eq!(integration["PayloadFormatVersion"], "2.0");
            invoked(&integration["IntegrationUri"]).to_owned()
        };
        let routes = self.of_type("AWS::ApiGatewayV2::Route");
        routes.map(|(_, route)| (route["RouteKey"].as_str().unwrap().to_owned(), function(route))).collect()
    }
}

/// Returns the values of a policy element, which may be a single value or a list.
pub(crate) fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        Value::Null => Vec::new(),
        single => vec![single],
    }
}

/// Returns the name of the resource that `!Ref` or `!GetAtt` refers to.
pub(crate) fn target(reference: &Value) -> &str {
    let name = reference["Ref"].as_str().or_else(|| reference["Fn::GetAtt"].as_str()?.split('.').next());
    name.unwrap_or_else(|| panic!("expected a reference to a resource, found {reference}"))
}

/// Returns the name of the function that is invoked: its alias if deployments have a canary, and else the function itself.
pub(crate) fn invoked(reference: &Value) -> &str {
    let Some([condition, alias, function]) = reference["Fn::If"].as_array().map(Vec::as_slice) else {
        panic!("expected a function or its alias, found {reference}")
    };
    let name = target(function);
    assert_eq!((condition, alias), (&json!("HasCanary"), &json!({ "Ref": format!("{name}.Alias") })), "{name}");
    name
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
        Yaml::Alias(_) | Yaml::BadValue => panic!("expected a YAML value without aliases, found {yaml:?}"),
    }
}

fn key_of(yaml: &Yaml<'_>) -> String {
    yaml.as_str().unwrap_or_else(|| panic!("expected a string as a key, found {yaml:?}")).to_owned()
}
