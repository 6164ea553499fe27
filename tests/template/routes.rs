//! The routes of the API, and who may invoke the functions behind them.

use std::collections::{BTreeMap, BTreeSet};

use reminder::wire::{CallbackRoute, VOICE_PATH};
use serde_json::{Value, json};

use super::reading::{Template, invoked, list};

#[test]
fn the_api_may_invoke_the_function_of_a_route_only_for_that_route() {
    let template = Template::read();
    let routes: Vec<(String, String)> = template.routes();
    let functions: BTreeMap<&str, &str> = routes.iter().map(|(route, function)| (&**route, &**function)).collect();
    let expected = BTreeMap::from([
        ("POST /answers/{person}/{answered_at}/status", "Callback"),
        ("POST /calls/{person}/{reminder}/{claim}/{step}", "Callback"),
        ("POST /sms", "Inbound"),
        ("POST /texts/{person}/{text}/{try}/status", "Callback"),
        ("POST /voice", "Callback"),
        ("POST /voice/{person}/{reminder}/key", "Callback"),
    ]);
    assert_eq!(functions, expected);
    let permissions: Vec<&Value> =
        template.of_type("AWS::Lambda::Permission").map(|(_, properties)| properties).collect();
    let mut used = BTreeSet::new();
    for (route, function) in &routes {
        let wanted = route.replacen(' ', "", 1);
        let covers = |permission: &Value| {
            let arn = permission["SourceArn"]["Fn::Sub"].as_str().unwrap();
            let (_, allowed) = arn
                .split_once(":${Api}/*/")
                .unwrap_or_else(|| panic!("expected that only this API may invoke {function}, found {arn}"));
            let matches = allowed.strip_suffix('*').map_or(wanted == allowed, |begin| wanted.starts_with(begin));
            invoked(&permission["FunctionName"]) == function && matches
        };
        let found: Vec<usize> = (0..permissions.len()).filter(|index| covers(permissions[*index])).collect();
        let [index] = found[..] else { panic!("expected one permission for {route}, found {}", found.len()) };
        assert_eq!(permissions[index]["Principal"], "apigateway.amazonaws.com");
        assert_eq!(permissions[index]["Action"], "lambda:InvokeFunction");
        used.insert(index);
    }
    assert_eq!(used.len(), permissions.len(), "expected each permission to be for a route");
}

#[test]
fn the_stage_is_created_after_the_routes_that_its_settings_name() {
    let template = Template::read();
    let before: Vec<&Value> = list(&template.resource("ApiStage")["DependsOn"]);
    let named = template.properties("ApiStage")["RouteSettings"].as_object().unwrap();
    let routes: BTreeMap<&str, &str> = template
        .of_type("AWS::ApiGatewayV2::Route")
        .map(|(name, route)| (route["RouteKey"].as_str().unwrap(), name))
        .collect();
    assert_eq!(before.len(), named.len());
    for route in named.keys() {
        let resource = routes.get(&**route).unwrap_or_else(|| panic!("expected a route {route}, found none"));
        assert!(before.contains(&&json!(resource)), "{resource}");
    }
}

/// Checks the paths that the code gives to the carrier.
#[test]
fn the_template_has_a_route_for_every_callback() {
    let routes = Template::read().routes();
    let person = "0123456789abcdef0123456789abcdef";
    let ulid = "01JZ0000000000000000000000";
    for path in [
        &*format!("/calls/{person}/{ulid}/{ulid}/answered-by"),
        &format!("/texts/{person}/{ulid}/3/status"),
        &format!("/answers/{person}/1800000000123/status"),
        VOICE_PATH,
        &format!("/voice/{person}/{ulid}/key"),
    ] {
        assert!(CallbackRoute::parse(path).is_ok(), "{path}");
        let matches = |route: &str| {
            let parts = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
            let (wanted, found) = (parts(route.trim_start_matches("POST ")), parts(path));
            wanted.len() == found.len() && wanted.iter().zip(&found).all(|(w, f)| w.starts_with('{') || w == f)
        };
        assert!(routes.iter().any(|(route, _)| matches(route)), "{path}");
    }
}
