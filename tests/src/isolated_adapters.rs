//! The deployed adapters on a table and queues of their own, which no function reads. The conformance suites run on
//! these adapters while the functions of the stack keep running.

use anyhow::{Context, Result, ensure};
use aws::channels::ChannelTable;
use aws::clock::SystemClock;
use aws::configuration::{ParkingConfig, QueuesConfig, StoreConfig, WakeUpConfig};
use aws::connect::Connections;
use aws::ids::Ulids;
use aws::parking::InboundQueue;
use aws::queues::SourceQueues;
use aws::store::Table;
use aws::wake_ups::QueueAndSchedules;
use jiff::{SignedDuration, Timestamp};
use local::endpoint::{REGION, Service};
use reminder::ids::PersonId;
use reminder::incoming_text::IncomingText;
use reminder::ports::{Credentials, Ids, Overdue, Ports, Renewal, SourceQueue};
use serde_json::{Value, json};
use simulation::conformance::{Deliveries, NotHeld, Pause, Planted, succeed};
use twilio::Twilio;

use crate::stage::Stage;

/// Maximum number of messages that one request receives from a queue. SQS allows at most ten.
const BATCH: u32 = 10;

/// A shard of the deadline index, as it is stored in the table.
const SHARD: &str = "live#0";

/// The deployed adapters, configured as a function configures them, but with a table and queues of their own.
pub struct IsolatedAdapters<'a> {
    stage: &'a Stage,
    table_name: String,
    dial_queue_url: String,
    inbound_queue_url: String,
    dial_dead_letters_url: String,
    inbound_dead_letters_url: String,
    schedule_prefix: String,
    store: Table,
    wake_ups: QueueAndSchedules,
    parking: InboundQueue,
    queues: SourceQueues,
    channels: ChannelTable,
}

impl<'a> IsolatedAdapters<'a> {
    /// Creates the table and the queues.
    ///
    /// # Errors
    /// Fails if AWS can't create them, or can't describe the deployed table and function.
    pub async fn create(stage: &'a Stage) -> Result<Self> {
        let id = Ulids.write_id().to_string();
        // A schedule's prefix has at most 26 characters. The last 16 characters of a ULID are random.
        let (table_name, schedule_prefix) = (format!("test-{id}"), format!("test-{}", &id[10..]));
        stage.create_table_like_deployed(&table_name).await?;
        let (dial_queue_url, dial_queue_arn) = stage.create_queue(&format!("test-dial-{id}")).await?;
        let (inbound_queue_url, _) = stage.create_queue(&format!("test-inbound-{id}")).await?;
        let (dial_dead_letters_url, _) = stage.create_queue(&format!("test-dial-dead-{id}")).await?;
        let (inbound_dead_letters_url, _) = stage.create_queue(&format!("test-inbound-dead-{id}")).await?;
        let deployed = stage.variables("DialerFunction").await?;
        let own_variables = [
            ("TABLE", table_name.as_str()),
            ("DIAL_QUEUE_URL", &dial_queue_url),
            ("DIAL_QUEUE_ARN", &dial_queue_arn),
            ("INBOUND_QUEUE_URL", &inbound_queue_url),
            ("DIAL_DLQ_URL", &dial_dead_letters_url),
            ("INBOUND_DLQ_URL", &inbound_dead_letters_url),
            ("SCHEDULE_GROUP", "default"),
            ("SCHEDULE_PREFIX", &schedule_prefix),
            ("AWS_ENDPOINT_URL", stage.stack.endpoint().url()),
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "000000000000"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
        ];
        let own_variables = own_variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let variables = deployed.into_iter().chain(own_variables).collect();
        let connections = Connections::new(&variables)?;
        let store_config = StoreConfig::read(&variables)?;
        let channels = connections.channels(&store_config);
        let store = connections.store(store_config);
        let wake_ups = connections.wake_ups(WakeUpConfig::read(&variables)?);
        let parking = connections.parking(ParkingConfig::read(&variables)?);
        let queues = connections.queues(QueuesConfig::read(&variables)?);
        Ok(Self {
            stage,
            table_name,
            dial_queue_url,
            inbound_queue_url,
            dial_dead_letters_url,
            inbound_dead_letters_url,
            schedule_prefix,
            store,
            wake_ups,
            parking,
            queues,
            channels,
        })
    }

    /// Deletes the schedules, the queues and the table. Schedules are deleted first, so that no schedule sends to a
    /// deleted queue.
    ///
    /// # Errors
    /// Fails if AWS does not delete one of them.
    pub async fn delete(self) -> Result<()> {
        for schedule in self.stage.schedules(&self.schedule_prefix).await? {
            self.stage.delete_schedule(schedule["Name"].as_str().context("expected a schedule's name")?).await?;
        }
        let endpoint = self.stage.stack.endpoint();
        let dead_letter_urls = [&self.dial_dead_letters_url, &self.inbound_dead_letters_url];
        for url in [&self.dial_queue_url, &self.inbound_queue_url].into_iter().chain(dead_letter_urls) {
            endpoint.call(Service::Sqs, "DeleteQueue", &json!({ "QueueUrl": url })).await?;
        }
        endpoint.call(Service::DynamoDb, "DeleteTable", &json!({ "TableName": self.table_name })).await.map(drop)
    }

    /// Receives messages, deletes them from the queue, and returns their bodies.
    async fn receive(&self, queue_url: &str) -> Result<Vec<String>> {
        let endpoint = self.stage.stack.endpoint();
        let input = json!({ "QueueUrl": queue_url, "MaxNumberOfMessages": BATCH });
        let received = endpoint.call(Service::Sqs, "ReceiveMessage", &input).await?;
        let mut bodies = Vec::new();
        for message in received["Messages"].as_array().into_iter().flatten() {
            let input = json!({ "QueueUrl": queue_url, "ReceiptHandle": message["ReceiptHandle"] });
            endpoint.call(Service::Sqs, "DeleteMessage", &input).await?;
            bodies.push(message["Body"].as_str().context("expected a message's body")?.to_owned());
        }
        Ok(bodies)
    }

    async fn set_schema(&self, item: &Overdue, schema: u32) -> Result<()> {
        let (partition, sort) = match item {
            Overdue::Reminder(key) => (format!("PERSON#{}", key.person), format!("REM#{}", key.reminder)),
            Overdue::OutgoingText(key) => (format!("PERSON#{}", key.person), format!("TEXT#{}", key.text)),
            Overdue::UnknownKey { partition, sort } => (partition.clone(), sort.clone()),
        };
        let input = json!({
            "TableName": self.table_name,
            "Key": { "pk": { "S": partition }, "sk": { "S": sort } },
            "UpdateExpression": "SET #schema = :schema",
            "ExpressionAttributeNames": { "#schema": "schema" },
            "ExpressionAttributeValues": { ":schema": { "N": schema.to_string() } },
        });
        self.stage.stack.endpoint().call(Service::DynamoDb, "UpdateItem", &input).await.map(drop)
    }

    async fn set_question(&self, person: &PersonId, question: &str) -> Result<()> {
        let input = json!({
            "TableName": self.table_name,
            "Key": { "pk": { "S": format!("PERSON#{person}") }, "sk": { "S": "PROFILE" } },
            "UpdateExpression": "SET #question = :question",
            "ExpressionAttributeNames": { "#question": "question" },
            "ExpressionAttributeValues": { ":question": { "S": question } },
        });
        self.stage.stack.endpoint().call(Service::DynamoDb, "UpdateItem", &input).await.map(drop)
    }

    async fn move_text(&self, text: &IncomingText) -> Result<()> {
        let partition = format!("MSG#{}", text.id);
        let key = json!({ "pk": { "S": partition }, "sk": { "S": format!("MSG#{}", text.person) } });
        let input = json!({ "TableName": self.table_name, "Key": key, "ReturnValues": "ALL_OLD" });
        let mut deleted = self.stage.stack.endpoint().call(Service::DynamoDb, "DeleteItem", &input).await?;
        let mut item = deleted["Attributes"].take();
        ensure!(item.is_object(), "expected the item of a text, found {item}");
        item["sk"] = json!({ "S": "MSG" });
        self.put_item(item).await
    }

    async fn put_item(&self, item: Value) -> Result<()> {
        let input = json!({ "TableName": self.table_name, "Item": item });
        self.stage.stack.endpoint().call(Service::DynamoDb, "PutItem", &input).await.map(drop)
    }
}

impl Planted for IsolatedAdapters<'_> {
    async fn plant(&self, partition: &str, sort: &str, deadline: Timestamp) -> Result<(), NotHeld> {
        let item = json!({
            "pk": { "S": partition },
            "sk": { "S": sort },
            "shard": { "S": SHARD },
            "deadline": { "N": deadline.as_millisecond().to_string() },
        });
        succeed("an item whose key can't be parsed is put", self.put_item(item).await)
    }

    async fn write_newer(&self, item: &Overdue) -> Result<(), NotHeld> {
        succeed("an item's schema is changed", self.set_schema(item, 1000).await)
    }

    async fn write_ours(&self, item: &Overdue) -> Result<(), NotHeld> {
        succeed("an item's schema is changed", self.set_schema(item, 1).await)
    }

    async fn spoil_question(&self, person: &PersonId) -> Result<(), NotHeld> {
        succeed("the question of a profile is changed", self.set_question(person, "unreadable").await)
    }

    async fn move_to_old_key(&self, text: &IncomingText) -> Result<(), NotHeld> {
        succeed("the item of a text is moved", self.move_text(text).await)
    }
}

impl Deliveries for IsolatedAdapters<'_> {
    async fn wake_ups(&self) -> Result<Vec<String>, NotHeld> {
        succeed("the dial queue is read", self.receive(&self.dial_queue_url).await)
    }

    async fn parked(&self) -> Result<Vec<String>, NotHeld> {
        succeed("the inbound queue is read", self.receive(&self.inbound_queue_url).await)
    }

    async fn dead_letters(&self, queue: SourceQueue) -> Result<Vec<String>, NotHeld> {
        let url = match queue {
            SourceQueue::Inbound => &self.inbound_dead_letters_url,
            SourceQueue::Dial => &self.dial_dead_letters_url,
        };
        succeed("the dead letters are read", self.receive(url).await)
    }

    async fn schedules(&self, name: &str) -> Result<usize, NotHeld> {
        Ok(succeed("schedules are listed", self.stage.schedules(name).await)?.len())
    }
}

impl Pause for IsolatedAdapters<'_> {
    async fn pause(&self, time: SignedDuration) {
        tokio::time::sleep(time.unsigned_abs()).await;
    }
}

/// There are no carriers, so there are no credentials that could change.
impl Credentials for IsolatedAdapters<'_> {
    fn changes(&self) -> u64 {
        0
    }

    async fn renew(&self, _: u64, _: Timestamp) -> Renewal {
        Renewal::Unchanged
    }
}

impl Ports for IsolatedAdapters<'_> {
    type Store = Table;
    type WakeUps = QueueAndSchedules;
    type Parking = InboundQueue;
    type Queues = SourceQueues;
    type Channels = ChannelTable;
    type Carrier = Twilio;
    type Credentials = Self;
    type Clock = SystemClock;
    type Ids = Ulids;

    fn store(&self) -> &Table {
        &self.store
    }

    fn wake_ups(&self) -> &QueueAndSchedules {
        &self.wake_ups
    }

    fn parking(&self) -> &InboundQueue {
        &self.parking
    }

    fn queues(&self) -> &SourceQueues {
        &self.queues
    }

    fn channels(&self) -> &ChannelTable {
        &self.channels
    }

    /// Returns no carriers: the suites test only AWS.
    fn carriers(&self) -> &[Twilio] {
        &[]
    }

    fn credentials(&self) -> &Self {
        self
    }

    fn clock(&self) -> &SystemClock {
        &SystemClock
    }

    fn ids(&self) -> &Ulids {
        &Ulids
    }
}
