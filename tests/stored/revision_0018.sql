BEGIN TRANSACTION;
CREATE TABLE accounts (
	id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	created FLOAT NOT NULL, 
	disabled BOOLEAN NOT NULL, 
	allow_private BOOLEAN NOT NULL, 
	country VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	balance INTEGER, 
	daily_spend INTEGER, 
	max_calls INTEGER NOT NULL, 
	calls_per_second FLOAT NOT NULL, 
	settings TEXT NOT NULL, closed FLOAT, spent INTEGER DEFAULT '0' NOT NULL, spent_day INTEGER, 
	CONSTRAINT accounts_key PRIMARY KEY (id), 
	CONSTRAINT accounts_by_name UNIQUE (name)
);
INSERT INTO "accounts" VALUES('account-01a227ca69ed2d669bc6e5390e0b','demo',1.7959639065417416e+09,0,1,'US','USD',NULL,NULL,100,10.0,'{}',NULL,0,NULL);
INSERT INTO "accounts" VALUES('account-01a227d97fc908820e62fc8ae201','shop',1.79596489517793297e+09,0,1,'US','USD',12488000,NULL,100,10.0,'{}',NULL,12000,20786);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0018');
CREATE TABLE allowed_prefixes (
	account VARCHAR NOT NULL, 
	prefix VARCHAR NOT NULL, 
	CONSTRAINT allowed_prefixes_key PRIMARY KEY (account, prefix), 
	CONSTRAINT allowed_prefixes_to_accounts_by_account FOREIGN KEY(account) REFERENCES accounts (id)
);
INSERT INTO "allowed_prefixes" VALUES('account-01a227ca69ed2d669bc6e5390e0b','1201555');
INSERT INTO "allowed_prefixes" VALUES('account-01a227d97fc908820e62fc8ae201','1201555');
INSERT INTO "allowed_prefixes" VALUES('account-01a227d97fc908820e62fc8ae201','44');
CREATE TABLE applications (
	id VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	dialect VARCHAR NOT NULL, 
	settings TEXT NOT NULL, 
	tasks TEXT, asks BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT applications_key PRIMARY KEY (id), 
	CONSTRAINT applications_to_accounts_by_account FOREIGN KEY(account) REFERENCES accounts (id), 
	CONSTRAINT applications_by_account_name UNIQUE (account, name)
);
INSERT INTO "applications" VALUES('app-01a227ca69eef46251eca243ae8a','account-01a227ca69ed2d669bc6e5390e0b','sinch','sinch','{}',NULL,1);
INSERT INTO "applications" VALUES('app-01a227ca6a070172de49577c0a53','account-01a227ca69ed2d669bc6e5390e0b','500','','{}','[{"kind":"say","id":"","tag":"","wait":false,"text":"Welcome to Carillon. Please press a digit.","locale":"en-US","voice":null,"ssml":false},{"kind":"wait_for_digits","id":"","tag":"","accept":[],"count":1,"terminator":"","seconds":30.0,"barge_in":true,"hang_up_on_timeout":true,"typed_ahead":true,"secret":false},{"kind":"say","id":"","tag":"","wait":true,"text":"You pressed {digit}. Thank you, and goodbye.","locale":"en-US","voice":null,"ssml":false},{"kind":"hang_up","id":"","tag":"","cause":"normal"}]',0);
INSERT INTO "applications" VALUES('app-01a227d97fcce3787b1ce1e444ef','account-01a227d97fc908820e62fc8ae201','sinch','sinch','{}',NULL,1);
INSERT INTO "applications" VALUES('app-01a227d99b9e5699f2fa84962ac8','account-01a227d97fc908820e62fc8ae201','told','ringful','{"inboundUrl":"http://127.0.0.1:9/told"}',NULL,0);
INSERT INTO "applications" VALUES('app-01a227d9a18743b17be48aacc01b','account-01a227d97fc908820e62fc8ae201','asked','sinch','{"primary":"http://127.0.0.1:9/asked"}',NULL,1);
INSERT INTO "applications" VALUES('app-01a227d9b0c844dcbc029ec49731','account-01a227d97fc908820e62fc8ae201','12015557703','','{}','[{"kind":"say","id":"","tag":"","wait":true,"text":"Hello from the shop","locale":"en-US","voice":null,"ssml":false},{"kind":"hang_up","id":"","tag":"","cause":"normal"}]',0);
CREATE TABLE caller_ids (
	account VARCHAR NOT NULL, 
	number VARCHAR NOT NULL, 
	verified FLOAT NOT NULL, 
	CONSTRAINT caller_ids_key PRIMARY KEY (account, number), 
	CONSTRAINT caller_ids_to_accounts_by_account FOREIGN KEY(account) REFERENCES accounts (id)
);
INSERT INTO "caller_ids" VALUES('account-01a227d97fc908820e62fc8ae201','12015557709',1795964909.25858);
CREATE TABLE calls (
	id VARCHAR NOT NULL, 
	root VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	application VARCHAR, 
	tag TEXT NOT NULL, 
	direction VARCHAR NOT NULL, 
	caller VARCHAR NOT NULL, 
	callee VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	created FLOAT NOT NULL, 
	answered FLOAT, 
	ended FLOAT, 
	cause VARCHAR, 
	sip_status INTEGER, 
	hung_up_by VARCHAR, 
	price INTEGER NOT NULL, 
	currency VARCHAR NOT NULL, 
	trunk VARCHAR, 
	sip_call_id VARCHAR, 
	node VARCHAR NOT NULL, 
	ari_application VARCHAR NOT NULL, 
	channel_id VARCHAR NOT NULL, 
	ring_seconds FLOAT NOT NULL, 
	max_seconds FLOAT NOT NULL, whole BOOLEAN DEFAULT 0 NOT NULL, manner TEXT, headers TEXT, diverted_from TEXT DEFAULT '' NOT NULL, short_of_credit BOOLEAN DEFAULT 0 NOT NULL, private BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT calls_key PRIMARY KEY (id)
);
INSERT INTO "calls" VALUES('call-01a227ca6ece24bbc50e549911e5','call-01a227ca6ece24bbc50e549911e5','account-01a227ca69ed2d669bc6e5390e0b',NULL,'{"dialect":"ringful","url":"http://127.0.0.1:40497/callback"}','outbound','12015552000','12015550114','ended',1.7959639078346455e+09,1.79596390786560201e+09,1.79596391716533398e+09,'normal',NULL,'us',0,'USD','lab','84d8e46e-56a2-47d2-8746-f50a1e6ec5e2','asterisk-0','carillon-0','call-01a227ca6ece24bbc50e549911e5',60.0,14400.0,0,NULL,NULL,'',0,0);
INSERT INTO "calls" VALUES('call-01a227d8dd8a1b8c19c35faef23d','call-01a227d8dd8a1b8c19c35faef23d','account-01a227ca69ed2d669bc6e5390e0b',NULL,'{"dialect":"ringful","url":"http://127.0.0.1:45657/callback"}','outbound','12015552000','12015550114','ended',1.79596485372934341e+09,1.79596485375101256e+09,1.7959648630575571e+09,'normal',NULL,'us',0,'USD','lab','719e38d3-9ea2-47f0-b3da-bfac0c399b80','asterisk-0','carillon-0','call-01a227d8dd8a1b8c19c35faef23d',60.0,14400.0,0,NULL,NULL,'',0,0);
INSERT INTO "calls" VALUES('call-01a227d9c2bbbce8aa819c09dc12','call-01a227d9c2bbbce8aa819c09dc12','account-01a227d97fc908820e62fc8ae201',NULL,'','outbound','12015557709','12015550115','ended',1.79596491232185721e+09,1.79596491237790918e+09,1.7959649141977005e+09,'normal',NULL,'us',12000,'USD','lab','542380fb-b9ba-4fe7-be16-85ef846e9369','asterisk-0','carillon-0','call-01a227d9c2bbbce8aa819c09dc12',60.0,14400.0,0,NULL,NULL,'',0,0);
INSERT INTO "calls" VALUES('call-01a227d9fc87a54e39839afc1214','call-01a227d9fc87a54e39839afc1214','account-01a227d97fc908820e62fc8ae201',NULL,'{"dialect":"ringful","url":"http://127.0.0.1:9/ringful"}','outbound','12015557709','12015550115','answered',1.7959649271131587e+09,1.79596492712124347e+09,NULL,NULL,NULL,NULL,0,'USD','lab','51d00c1f-3cea-4517-b39e-74b5b60ef6df','asterisk-0','carillon-0','call-01a227d9fc87a54e39839afc1214',60.0,14400.0,0,NULL,NULL,'',0,0);
CREATE TABLE conferences (
	id VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	tag TEXT NOT NULL, 
	moderator VARCHAR, 
	policy TEXT NOT NULL, 
	ari_application VARCHAR NOT NULL, 
	created FLOAT NOT NULL, 
	started FLOAT, 
	ended FLOAT, 
	reason VARCHAR, name VARCHAR, 
	CONSTRAINT conferences_key PRIMARY KEY (id)
);
CREATE TABLE "credentials" (
	dialect VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	secret VARCHAR NOT NULL, 
	created FLOAT NOT NULL, 
	application VARCHAR, 
	CONSTRAINT credentials_key PRIMARY KEY (dialect, "key"), 
	CONSTRAINT credentials_to_accounts_by_account FOREIGN KEY(account) REFERENCES accounts (id), 
	CONSTRAINT credentials_by_application UNIQUE (application), 
	CONSTRAINT credentials_to_applications_by_application FOREIGN KEY(application) REFERENCES applications (id)
);
INSERT INTO "credentials" VALUES('carillon','00000000000000000000000000000002','account-01a227ca69ed2d669bc6e5390e0b','000000000000000000000000000000000000000000000002',1.79596390654250335e+09,NULL);
INSERT INTO "credentials" VALUES('ringful','00000000000000000000000000000004','account-01a227ca69ed2d669bc6e5390e0b','000000000000000000000000000000000000000000000004',1795963906.54274,NULL);
INSERT INTO "credentials" VALUES('sinch','00000000-0000-4000-8000-000000000007','account-01a227ca69ed2d669bc6e5390e0b','c2VjcmV0LW9mLXRoZS10ZXN007AA==',1.79596390654311418e+09,'app-01a227ca69eef46251eca243ae8a');
INSERT INTO "credentials" VALUES('carillon','00000000000000000000000000000001','account-01a227d97fc908820e62fc8ae201','000000000000000000000000000000000000000000000001',1.79596489517993426e+09,NULL);
INSERT INTO "credentials" VALUES('ringful','00000000000000000000000000000003','account-01a227d97fc908820e62fc8ae201','000000000000000000000000000000000000000000000003',1.7959648951802845e+09,NULL);
INSERT INTO "credentials" VALUES('sinch','00000000-0000-4000-8000-000000000006','account-01a227d97fc908820e62fc8ae201','c2VjcmV0LW9mLXRoZS10ZXN006AA==',1.79596489518116521e+09,'app-01a227d97fcce3787b1ce1e444ef');
INSERT INTO "credentials" VALUES('sinch','00000000-0000-4000-8000-000000000005','account-01a227d97fc908820e62fc8ae201','c2VjcmV0LW9mLXRoZS10ZXN005AA==',1.79596490381605291e+09,'app-01a227d9a18743b17be48aacc01b');
CREATE TABLE cursors (
	name VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	CONSTRAINT cursors_key PRIMARY KEY (name)
);
INSERT INTO "cursors" VALUES('publisher',30);
CREATE TABLE deliveries (
	id VARCHAR NOT NULL, 
	event VARCHAR NOT NULL, 
	part INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	account VARCHAR NOT NULL, 
	root VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	dialect VARCHAR NOT NULL, 
	host VARCHAR NOT NULL, 
	url TEXT NOT NULL, 
	body TEXT NOT NULL, 
	content_type VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	due FLOAT NOT NULL, 
	created FLOAT NOT NULL, 
	ended FLOAT, 
	error TEXT, fallback TEXT DEFAULT '' NOT NULL, remark TEXT, 
	CONSTRAINT deliveries_key PRIMARY KEY (id), 
	CONSTRAINT deliveries_by_event_part UNIQUE (event, part)
);
INSERT INTO "deliveries" VALUES('delivery-01a227ca6f1d6fc7814792726868','event-01a227ca6f19b9d657e14c5c7523',0,2,'account-01a227ca69ed2d669bc6e5390e0b','call-01a227ca6ece24bbc50e549911e5','call-01a227ca6ece24bbc50e549911e5','ringful','127.0.0.1:40497','http://127.0.0.1:40497/callback','action=CallEstablished&callId=call-01a227ca6ece24bbc50e549911e5','application/x-www-form-urlencoded','delivered',1,1.79596390786915349e+09,1.79596390786915349e+09,1.79596390787617349e+09,NULL,'',NULL);
INSERT INTO "deliveries" VALUES('delivery-01a227ca6f2785d7371bedb42595','event-01a227ca6f1fa2a840b2227d3428',0,3,'account-01a227ca69ed2d669bc6e5390e0b','call-01a227ca6ece24bbc50e549911e5','call-01a227ca6ece24bbc50e549911e5','ringful','127.0.0.1:40497','http://127.0.0.1:40497/callback','action=PlayStart&announcement=http%3A%2F%2F127.0.0.1%3A40497%2Fprompt.wav&callId=call-01a227ca6ece24bbc50e549911e5','application/x-www-form-urlencoded','delivered',1,1.79596390787960886e+09,1.79596390787960886e+09,1.7959639078826518e+09,NULL,'',NULL);
INSERT INTO "deliveries" VALUES('delivery-01a227ca7561ea8cd745f14a9f70','event-01a227ca755f80386f407104b5a3',0,4,'account-01a227ca69ed2d669bc6e5390e0b','call-01a227ca6ece24bbc50e549911e5','call-01a227ca6ece24bbc50e549911e5','ringful','127.0.0.1:40497','http://127.0.0.1:40497/callback','action=PlayComplete&announcement=http%3A%2F%2F127.0.0.1%3A40497%2Fprompt.wav&callId=call-01a227ca6ece24bbc50e549911e5','application/x-www-form-urlencoded','delivered',1,1.7959639094733138e+09,1.7959639094733138e+09,1.79596390947533226e+09,NULL,'',NULL);
INSERT INTO "deliveries" VALUES('delivery-01a227ca7bd5c508407f3c2bce18','event-01a227ca7bd3916d191defb7ecd4',0,6,'account-01a227ca69ed2d669bc6e5390e0b','call-01a227ca6ece24bbc50e549911e5','call-01a227ca6ece24bbc50e549911e5','ringful','127.0.0.1:40497','http://127.0.0.1:40497/callback','action=WaitForToneDetected&callId=call-01a227ca6ece24bbc50e549911e5&tone=1','application/x-www-form-urlencoded','delivered',1,1.79596391112533116e+09,1.79596391112533116e+09,1.79596391112948489e+09,NULL,'',NULL);
INSERT INTO "deliveries" VALUES('delivery-01a227ca7bdf0927a6800ce16bb8','event-01a227ca7bdb6bbc3ddad06bac55',0,8,'account-01a227ca69ed2d669bc6e5390e0b','call-01a227ca6ece24bbc50e549911e5','call-01a227ca6ece24bbc50e549911e5','ringful','127.0.0.1:40497','http://127.0.0.1:40497/callback','action=RecordStart&callId=call-01a227ca6ece24bbc50e549911e5','application/x-www-form-urlencoded','delivered',1,1.79596391113585305e+09,1.79596391113585305e+09,1.79596391113890314e+09,NULL,'',NULL);
INSERT INTO "deliveries" VALUES('delivery-01a227ca93625862ac6fac3f2fe2','event-01a227ca935aa5142d6090e57c57',0,9,'account-01a227ca69ed2d669bc6e5390e0b','call-01a227ca6ece24bbc50e549911e5','call-01a227ca6ece24bbc50e549911e5','ringful','127.0.0.1:40497','http://127.0.0.1:40497/callback','action=RecordComplete&callId=call-01a227ca6ece24bbc50e549911e5&recordFile=http%3A%2F%2F127.0.0.1%3A8080%2Frecordings%2FMTc5NjU2ODcxODpyZWMtMDFhMjI3Y2E2ZjE5MDc4MjBmN2Q2YTRkZjkyZA.8Qj-1mR1P-FnDx4PGSRAj6V7puTg6yAnvOwsPYg1iiI%2Fcall-01a227ca6ece24bbc50e549911e5.wav','application/x-www-form-urlencoded','delivered',1,1.79596391715429043e+09,1.79596391715429043e+09,1.79596391716806912e+09,NULL,'',NULL);
INSERT INTO "deliveries" VALUES('delivery-01a227ca9373644234af970e97d1','event-01a227ca936df9e00b67b6725012',0,11,'account-01a227ca69ed2d669bc6e5390e0b','call-01a227ca6ece24bbc50e549911e5','call-01a227ca6ece24bbc50e549911e5','ringful','127.0.0.1:40497','http://127.0.0.1:40497/callback','action=ServerHangup&callId=call-01a227ca6ece24bbc50e549911e5&billAmount=0','application/x-www-form-urlencoded','delivered',1,1.79596391717197442e+09,1.79596391717197442e+09,1.79596391717645573e+09,NULL,'',NULL);
INSERT INTO "deliveries" VALUES('delivery-01a227d8ddff68177c8adb9705cb','event-01a227d8ddf6be17dce59abf5080',0,13,'account-01a227ca69ed2d669bc6e5390e0b','call-01a227d8dd8a1b8c19c35faef23d','call-01a227d8dd8a1b8c19c35faef23d','ringful','127.0.0.1:45657','http://127.0.0.1:45657/callback','action=CallEstablished&callId=call-01a227d8dd8a1b8c19c35faef23d','application/x-www-form-urlencoded','delivered',1,1.79596485375900197e+09,1.79596485375900197e+09,1.79596485379294967e+09,NULL,'',NULL);
INSERT INTO "deliveries" VALUES('delivery-01a227d8de1a7ea21af32303fd15','event-01a227d8de1443fea2d7573a3f4b',0,14,'account-01a227ca69ed2d669bc6e5390e0b','call-01a227d8dd8a1b8c19c35faef23d','call-01a227d8dd8a1b8c19c35faef23d','ringful','127.0.0.1:45657','http://127.0.0.1:45657/callback','action=PlayStart&announcement=http%3A%2F%2F127.0.0.1%3A45657%2Fprompt.wav&callId=call-01a227d8dd8a1b8c19c35faef23d','application/x-www-form-urlencoded','delivered',1,1.79596485378694224e+09,1.79596485378694224e+09,1.7959648538041141e+09,NULL,'',NULL);
INSERT INTO "deliveries" VALUES('delivery-01a227d8e457f31d6adc23bc136f','event-01a227d8e4557ee4881ed7e06278',0,15,'account-01a227ca69ed2d669bc6e5390e0b','call-01a227d8dd8a1b8c19c35faef23d','call-01a227d8dd8a1b8c19c35faef23d','ringful','127.0.0.1:45657','http://127.0.0.1:45657/callback','action=PlayComplete&announcement=http%3A%2F%2F127.0.0.1%3A45657%2Fprompt.wav&callId=call-01a227d8dd8a1b8c19c35faef23d','application/x-www-form-urlencoded','delivered',1,1.79596485538312315e+09,1.79596485538312315e+09,1.7959648553854947e+09,NULL,'',NULL);
INSERT INTO "deliveries" VALUES('delivery-01a227d8eab7585386ecf38c1af9','event-01a227d8eab5698c92608a0301d7',0,17,'account-01a227ca69ed2d669bc6e5390e0b','call-01a227d8dd8a1b8c19c35faef23d','call-01a227d8dd8a1b8c19c35faef23d','ringful','127.0.0.1:45657','http://127.0.0.1:45657/callback','action=WaitForToneDetected&callId=call-01a227d8dd8a1b8c19c35faef23d&tone=1','application/x-www-form-urlencoded','delivered',1,1.79596485701508975e+09,1.79596485701508975e+09,1.79596485702242732e+09,NULL,'',NULL);
INSERT INTO "deliveries" VALUES('delivery-01a227d8eac3e163713c5d2af54e','event-01a227d8eabd34d7298c6476c4d7',0,19,'account-01a227ca69ed2d669bc6e5390e0b','call-01a227d8dd8a1b8c19c35faef23d','call-01a227d8dd8a1b8c19c35faef23d','ringful','127.0.0.1:45657','http://127.0.0.1:45657/callback','action=RecordStart&callId=call-01a227d8dd8a1b8c19c35faef23d','application/x-www-form-urlencoded','delivered',1,1.79596485702755689e+09,1.79596485702755689e+09,1.79596485703099298e+09,NULL,'',NULL);
INSERT INTO "deliveries" VALUES('delivery-01a227d902586b28b58d41492b2b','event-01a227d9023ce00092b03ac54e6a',0,20,'account-01a227ca69ed2d669bc6e5390e0b','call-01a227d8dd8a1b8c19c35faef23d','call-01a227d8dd8a1b8c19c35faef23d','ringful','127.0.0.1:45657','http://127.0.0.1:45657/callback','action=RecordComplete&callId=call-01a227d8dd8a1b8c19c35faef23d&recordFile=http%3A%2F%2F127.0.0.1%3A8080%2Frecordings%2FMTc5NjU2OTY2NDpyZWMtMDFhMjI3ZDhkZTEwMTE0ZDAwZTE3NGE5MTFhMQ.fsUWpt9ea__IueUZdZZEbl0dm8jgK0jj9jHzGYg6u7I%2Fcall-01a227d8dd8a1b8c19c35faef23d.wav','application/x-www-form-urlencoded','delivered',1,1.79596486306423759e+09,1.79596486306423759e+09,1.79596486307069849e+09,NULL,'',NULL);
INSERT INTO "deliveries" VALUES('delivery-01a227d9025c74e2ff795c7c4db0','event-01a227d90251896a5978bf53008c',0,22,'account-01a227ca69ed2d669bc6e5390e0b','call-01a227d8dd8a1b8c19c35faef23d','call-01a227d8dd8a1b8c19c35faef23d','ringful','127.0.0.1:45657','http://127.0.0.1:45657/callback','action=ServerHangup&callId=call-01a227d8dd8a1b8c19c35faef23d&billAmount=0','application/x-www-form-urlencoded','delivered',1,1.7959648630688219e+09,1.7959648630688219e+09,1795964863.09159,NULL,'',NULL);
INSERT INTO "deliveries" VALUES('delivery-01a227d9fc937a91da08b4d9b9cf','event-01a227d9fc915fe91caace580add',0,30,'account-01a227d97fc908820e62fc8ae201','call-01a227d9fc87a54e39839afc1214','call-01a227d9fc87a54e39839afc1214','ringful','127.0.0.1:9','http://127.0.0.1:9/ringful','action=CallEstablished&callId=call-01a227d9fc87a54e39839afc1214','application/x-www-form-urlencoded','pending',4,1.79596494052248978e+09,1.79596492712341403e+09,NULL,'No connection to 127.0.0.1:9: Connect call failed (''127.0.0.1'', 9).','',NULL);
CREATE TABLE delivery_attempts (
	delivery VARCHAR NOT NULL, 
	number INTEGER NOT NULL, 
	at FLOAT NOT NULL, 
	seconds FLOAT NOT NULL, 
	status INTEGER, 
	error TEXT, 
	CONSTRAINT delivery_attempts_key PRIMARY KEY (delivery, number), 
	CONSTRAINT delivery_attempts_to_deliveries_by_delivery FOREIGN KEY(delivery) REFERENCES deliveries (id)
);
INSERT INTO "delivery_attempts" VALUES('delivery-01a227ca6f1d6fc7814792726868',1,1.79596390787333726e+09,2.15260800001715324e-03,200,NULL);
INSERT INTO "delivery_attempts" VALUES('delivery-01a227ca6f2785d7371bedb42595',1,1.79596390788038349e+09,2.03870900000424626e-03,200,NULL);
INSERT INTO "delivery_attempts" VALUES('delivery-01a227ca7561ea8cd745f14a9f70',1,1.79596390947409701e+09,1.17686300001196286e-03,200,NULL);
INSERT INTO "delivery_attempts" VALUES('delivery-01a227ca7bd5c508407f3c2bce18',1,1.79596391112620425e+09,3.22212200001104065e-03,200,NULL);
INSERT INTO "delivery_attempts" VALUES('delivery-01a227ca7bdf0927a6800ce16bb8',1,1.7959639111377213e+09,1.11859599999775127e-03,200,NULL);
INSERT INTO "delivery_attempts" VALUES('delivery-01a227ca93625862ac6fac3f2fe2',1,1.79596391716590523e+09,1.59423100001276907e-03,200,NULL);
INSERT INTO "delivery_attempts" VALUES('delivery-01a227ca9373644234af970e97d1',1,1.79596391717384743e+09,2.51812900000913941e-03,200,NULL);
INSERT INTO "delivery_attempts" VALUES('delivery-01a227d8ddff68177c8adb9705cb',1,1.79596485376389837e+09,2.7925011999968774e-02,200,NULL);
INSERT INTO "delivery_attempts" VALUES('delivery-01a227d8de1a7ea21af32303fd15',1,1.79596485379297184e+09,1.10284909999336377e-02,200,NULL);
INSERT INTO "delivery_attempts" VALUES('delivery-01a227d8e457f31d6adc23bc136f',1,1.79596485538412332e+09,1.30667500002346059e-03,200,NULL);
INSERT INTO "delivery_attempts" VALUES('delivery-01a227d8eab7585386ecf38c1af9',1,1795964857.01866,3.7078010000186623e-03,200,NULL);
INSERT INTO "delivery_attempts" VALUES('delivery-01a227d8eac3e163713c5d2af54e',1,1.79596485702959465e+09,1.32362500016824924e-03,200,NULL);
INSERT INTO "delivery_attempts" VALUES('delivery-01a227d902586b28b58d41492b2b',1,1.79596486306888151e+09,1.2178730000869109e-03,200,NULL);
INSERT INTO "delivery_attempts" VALUES('delivery-01a227d9025c74e2ff795c7c4db0',1,1.79596486308945703e+09,2.05979099996511649e-03,200,NULL);
INSERT INTO "delivery_attempts" VALUES('delivery-01a227d9fc937a91da08b4d9b9cf',1,1.79596492712521743e+09,0.000620919000084541,NULL,'No connection to 127.0.0.1:9: Connect call failed (''127.0.0.1'', 9).');
INSERT INTO "delivery_attempts" VALUES('delivery-01a227d9fc937a91da08b4d9b9cf',2,1.79596492792132401e+09,7.38834000003407709e-04,NULL,'No connection to 127.0.0.1:9: Connect call failed (''127.0.0.1'', 9).');
INSERT INTO "delivery_attempts" VALUES('delivery-01a227d9fc937a91da08b4d9b9cf',3,1.79596492952736187e+09,7.85091999887299607e-04,NULL,'No connection to 127.0.0.1:9: Connect call failed (''127.0.0.1'', 9).');
INSERT INTO "delivery_attempts" VALUES('delivery-01a227d9fc937a91da08b4d9b9cf',4,1.79596493331139659e+09,8.84960000121282064e-04,NULL,'No connection to 127.0.0.1:9: Connect call failed (''127.0.0.1'', 9).');
CREATE TABLE events (
	position INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id VARCHAR NOT NULL, 
	root VARCHAR NOT NULL, 
	sequence INTEGER NOT NULL, 
	subject VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	at FLOAT NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT events_by_id UNIQUE (id), 
	CONSTRAINT events_by_root_sequence UNIQUE (root, sequence)
);
INSERT INTO "events" VALUES(1,'event-01a227ca6eff464f9413ffb42488','call-01a227ca6ece24bbc50e549911e5',1,'call-01a227ca6ece24bbc50e549911e5','account-01a227ca69ed2d669bc6e5390e0b','call_dialing',1.79596390783963704e+09,'{"event":"call_dialing","id":"event-01a227ca6eff464f9413ffb42488","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227ca6ece24bbc50e549911e5","root":"call-01a227ca6ece24bbc50e549911e5","at":1795963907.839637,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:40497/callback\"}","trunk":"lab"}');
INSERT INTO "events" VALUES(2,'event-01a227ca6f19b9d657e14c5c7523','call-01a227ca6ece24bbc50e549911e5',2,'call-01a227ca6ece24bbc50e549911e5','account-01a227ca69ed2d669bc6e5390e0b','call_answered',1.79596390786559557e+09,'{"event":"call_answered","id":"event-01a227ca6f19b9d657e14c5c7523","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227ca6ece24bbc50e549911e5","root":"call-01a227ca6ece24bbc50e549911e5","at":1795963907.8655956,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:40497/callback\"}"}');
INSERT INTO "events" VALUES(3,'event-01a227ca6f1fa2a840b2227d3428','call-01a227ca6ece24bbc50e549911e5',3,'call-01a227ca6ece24bbc50e549911e5','account-01a227ca69ed2d669bc6e5390e0b','task_started',1.79596390787173485e+09,'{"event":"task_started","id":"event-01a227ca6f1fa2a840b2227d3428","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227ca6ece24bbc50e549911e5","root":"call-01a227ca6ece24bbc50e549911e5","at":1795963907.8717349,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:40497/callback\",\"data\":{\"announcement\":\"http://127.0.0.1:40497/prompt.wav\"}}","task":"task-01a227ca6f003282bc9f8229aba3","kind":"play"}');
INSERT INTO "events" VALUES(4,'event-01a227ca755f80386f407104b5a3','call-01a227ca6ece24bbc50e549911e5',4,'call-01a227ca6ece24bbc50e549911e5','account-01a227ca69ed2d669bc6e5390e0b','task_ended',1.79596390947139883e+09,'{"event":"task_ended","id":"event-01a227ca755f80386f407104b5a3","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227ca6ece24bbc50e549911e5","root":"call-01a227ca6ece24bbc50e549911e5","at":1795963909.4713988,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:40497/callback\",\"data\":{\"announcement\":\"http://127.0.0.1:40497/prompt.wav\"}}","task":"task-01a227ca6f003282bc9f8229aba3","kind":"play","outcome":{"type":"completed","result":{"type":"done"}}}');
INSERT INTO "events" VALUES(5,'event-01a227ca75619f11b6ef234289d5','call-01a227ca6ece24bbc50e549911e5',5,'call-01a227ca6ece24bbc50e549911e5','account-01a227ca69ed2d669bc6e5390e0b','task_started',1.7959639094737873e+09,'{"event":"task_started","id":"event-01a227ca75619f11b6ef234289d5","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227ca6ece24bbc50e549911e5","root":"call-01a227ca6ece24bbc50e549911e5","at":1795963909.4737873,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:40497/callback\"}","task":"task-01a227ca6f13fe752675339cfd2b","kind":"wait_for_digits"}');
INSERT INTO "events" VALUES(6,'event-01a227ca7bd3916d191defb7ecd4','call-01a227ca6ece24bbc50e549911e5',6,'call-01a227ca6ece24bbc50e549911e5','account-01a227ca69ed2d669bc6e5390e0b','digit_received',1.79596391112369298e+09,'{"event":"digit_received","id":"event-01a227ca7bd3916d191defb7ecd4","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227ca6ece24bbc50e549911e5","root":"call-01a227ca6ece24bbc50e549911e5","at":1795963911.123693,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:40497/callback\"}","task":"task-01a227ca6f13fe752675339cfd2b","kind":"wait_for_digits","digit":"1","accepted":true,"call":"call-01a227ca6ece24bbc50e549911e5"}');
INSERT INTO "events" VALUES(7,'event-01a227ca7bd34b88dd2970857de9','call-01a227ca6ece24bbc50e549911e5',7,'call-01a227ca6ece24bbc50e549911e5','account-01a227ca69ed2d669bc6e5390e0b','task_ended',1.7959639111237545e+09,'{"event":"task_ended","id":"event-01a227ca7bd34b88dd2970857de9","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227ca6ece24bbc50e549911e5","root":"call-01a227ca6ece24bbc50e549911e5","at":1795963911.1237545,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:40497/callback\"}","task":"task-01a227ca6f13fe752675339cfd2b","kind":"wait_for_digits","outcome":{"type":"completed","result":{"type":"digits","digits":"1","timed_out":false,"secret":false}}}');
INSERT INTO "events" VALUES(8,'event-01a227ca7bdb6bbc3ddad06bac55','call-01a227ca6ece24bbc50e549911e5',8,'call-01a227ca6ece24bbc50e549911e5','account-01a227ca69ed2d669bc6e5390e0b','task_started',1.79596391113144302e+09,'{"event":"task_started","id":"event-01a227ca7bdb6bbc3ddad06bac55","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227ca6ece24bbc50e549911e5","root":"call-01a227ca6ece24bbc50e549911e5","at":1795963911.131443,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:40497/callback\"}","task":"task-01a227ca6f1907820f7d6a4df92d","kind":"record"}');
INSERT INTO "events" VALUES(9,'event-01a227ca935aa5142d6090e57c57','call-01a227ca6ece24bbc50e549911e5',9,'call-01a227ca6ece24bbc50e549911e5','account-01a227ca69ed2d669bc6e5390e0b','task_ended',1.79596391714641666e+09,'{"event":"task_ended","id":"event-01a227ca935aa5142d6090e57c57","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227ca6ece24bbc50e549911e5","root":"call-01a227ca6ece24bbc50e549911e5","at":1795963917.1464167,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:40497/callback\"}","task":"task-01a227ca6f1907820f7d6a4df92d","kind":"record","outcome":{"type":"completed","result":{"type":"recorded","recording":"rec-01a227ca6f1907820f7d6a4df92d","name":"call-01a227ca6ece24bbc50e549911e5","seconds":6.0}}}');
INSERT INTO "events" VALUES(10,'event-01a227ca935f88ac6c8e2d463f2f','call-01a227ca6ece24bbc50e549911e5',10,'call-01a227ca6ece24bbc50e549911e5','account-01a227ca69ed2d669bc6e5390e0b','task_ended',1.79596391715184593e+09,'{"event":"task_ended","id":"event-01a227ca935f88ac6c8e2d463f2f","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227ca6ece24bbc50e549911e5","root":"call-01a227ca6ece24bbc50e549911e5","at":1795963917.151846,"sequence":0,"tag":"","task":"task-01a227ca9357258540d6da03e704","kind":"hang_up","outcome":{"type":"completed","result":{"type":"done"}}}');
INSERT INTO "events" VALUES(11,'event-01a227ca936df9e00b67b6725012','call-01a227ca6ece24bbc50e549911e5',11,'call-01a227ca6ece24bbc50e549911e5','account-01a227ca69ed2d669bc6e5390e0b','call_ended',1.79596391716541647e+09,'{"event":"call_ended","id":"event-01a227ca936df9e00b67b6725012","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227ca6ece24bbc50e549911e5","root":"call-01a227ca6ece24bbc50e549911e5","at":1795963917.1654165,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:40497/callback\"}","cause":"normal","hung_up_by":"us","answered":true,"seconds":9.299731969833374,"price":0,"currency":"USD","sip_status":null}');
INSERT INTO "events" VALUES(12,'event-01a227d8dde49d611926011a7cf7','call-01a227d8dd8a1b8c19c35faef23d',1,'call-01a227d8dd8a1b8c19c35faef23d','account-01a227ca69ed2d669bc6e5390e0b','call_dialing',1.79596485373286604e+09,'{"event":"call_dialing","id":"event-01a227d8dde49d611926011a7cf7","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227d8dd8a1b8c19c35faef23d","root":"call-01a227d8dd8a1b8c19c35faef23d","at":1795964853.732866,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:45657/callback\"}","trunk":"lab"}');
INSERT INTO "events" VALUES(13,'event-01a227d8ddf6be17dce59abf5080','call-01a227d8dd8a1b8c19c35faef23d',2,'call-01a227d8dd8a1b8c19c35faef23d','account-01a227ca69ed2d669bc6e5390e0b','call_answered',1.79596485375100731e+09,'{"event":"call_answered","id":"event-01a227d8ddf6be17dce59abf5080","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227d8dd8a1b8c19c35faef23d","root":"call-01a227d8dd8a1b8c19c35faef23d","at":1795964853.7510073,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:45657/callback\"}"}');
INSERT INTO "events" VALUES(14,'event-01a227d8de1443fea2d7573a3f4b','call-01a227d8dd8a1b8c19c35faef23d',3,'call-01a227d8dd8a1b8c19c35faef23d','account-01a227ca69ed2d669bc6e5390e0b','task_started',1.79596485378028178e+09,'{"event":"task_started","id":"event-01a227d8de1443fea2d7573a3f4b","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227d8dd8a1b8c19c35faef23d","root":"call-01a227d8dd8a1b8c19c35faef23d","at":1795964853.7802818,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:45657/callback\",\"data\":{\"announcement\":\"http://127.0.0.1:45657/prompt.wav\"}}","task":"task-01a227d8dded919d9698a1629281","kind":"play"}');
INSERT INTO "events" VALUES(15,'event-01a227d8e4557ee4881ed7e06278','call-01a227d8dd8a1b8c19c35faef23d',4,'call-01a227d8dd8a1b8c19c35faef23d','account-01a227ca69ed2d669bc6e5390e0b','task_ended',1.79596485538140296e+09,'{"event":"task_ended","id":"event-01a227d8e4557ee4881ed7e06278","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227d8dd8a1b8c19c35faef23d","root":"call-01a227d8dd8a1b8c19c35faef23d","at":1795964855.381403,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:45657/callback\",\"data\":{\"announcement\":\"http://127.0.0.1:45657/prompt.wav\"}}","task":"task-01a227d8dded919d9698a1629281","kind":"play","outcome":{"type":"completed","result":{"type":"done"}}}');
INSERT INTO "events" VALUES(16,'event-01a227d8e457c95cfd3b31b8c9ff','call-01a227d8dd8a1b8c19c35faef23d',5,'call-01a227d8dd8a1b8c19c35faef23d','account-01a227ca69ed2d669bc6e5390e0b','task_started',1.7959648553833146e+09,'{"event":"task_started","id":"event-01a227d8e457c95cfd3b31b8c9ff","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227d8dd8a1b8c19c35faef23d","root":"call-01a227d8dd8a1b8c19c35faef23d","at":1795964855.3833146,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:45657/callback\"}","task":"task-01a227d8de0621453b98c2442ab8","kind":"wait_for_digits"}');
INSERT INTO "events" VALUES(17,'event-01a227d8eab5698c92608a0301d7','call-01a227d8dd8a1b8c19c35faef23d',6,'call-01a227d8dd8a1b8c19c35faef23d','account-01a227ca69ed2d669bc6e5390e0b','digit_received',1.79596485701398158e+09,'{"event":"digit_received","id":"event-01a227d8eab5698c92608a0301d7","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227d8dd8a1b8c19c35faef23d","root":"call-01a227d8dd8a1b8c19c35faef23d","at":1795964857.0139816,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:45657/callback\"}","task":"task-01a227d8de0621453b98c2442ab8","kind":"wait_for_digits","digit":"1","accepted":true,"call":"call-01a227d8dd8a1b8c19c35faef23d"}');
INSERT INTO "events" VALUES(18,'event-01a227d8eab66bd44035c2131d69','call-01a227d8dd8a1b8c19c35faef23d',7,'call-01a227d8dd8a1b8c19c35faef23d','account-01a227ca69ed2d669bc6e5390e0b','task_ended',1.79596485701402926e+09,'{"event":"task_ended","id":"event-01a227d8eab66bd44035c2131d69","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227d8dd8a1b8c19c35faef23d","root":"call-01a227d8dd8a1b8c19c35faef23d","at":1795964857.0140293,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:45657/callback\"}","task":"task-01a227d8de0621453b98c2442ab8","kind":"wait_for_digits","outcome":{"type":"completed","result":{"type":"digits","digits":"1","timed_out":false,"secret":false}}}');
INSERT INTO "events" VALUES(19,'event-01a227d8eabd34d7298c6476c4d7','call-01a227d8dd8a1b8c19c35faef23d',8,'call-01a227d8dd8a1b8c19c35faef23d','account-01a227ca69ed2d669bc6e5390e0b','task_started',1.79596485702125763e+09,'{"event":"task_started","id":"event-01a227d8eabd34d7298c6476c4d7","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227d8dd8a1b8c19c35faef23d","root":"call-01a227d8dd8a1b8c19c35faef23d","at":1795964857.0212576,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:45657/callback\"}","task":"task-01a227d8de10114d00e174a911a1","kind":"record"}');
INSERT INTO "events" VALUES(20,'event-01a227d9023ce00092b03ac54e6a','call-01a227d8dd8a1b8c19c35faef23d',9,'call-01a227d8dd8a1b8c19c35faef23d','account-01a227ca69ed2d669bc6e5390e0b','task_ended',1.79596486303647613e+09,'{"event":"task_ended","id":"event-01a227d9023ce00092b03ac54e6a","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227d8dd8a1b8c19c35faef23d","root":"call-01a227d8dd8a1b8c19c35faef23d","at":1795964863.0364761,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:45657/callback\"}","task":"task-01a227d8de10114d00e174a911a1","kind":"record","outcome":{"type":"completed","result":{"type":"recorded","recording":"rec-01a227d8de10114d00e174a911a1","name":"call-01a227d8dd8a1b8c19c35faef23d","seconds":5.98}}}');
INSERT INTO "events" VALUES(21,'event-01a227d9024720dad974e540659f','call-01a227d8dd8a1b8c19c35faef23d',10,'call-01a227d8dd8a1b8c19c35faef23d','account-01a227ca69ed2d669bc6e5390e0b','task_ended',1.79596486304760622e+09,'{"event":"task_ended","id":"event-01a227d9024720dad974e540659f","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227d8dd8a1b8c19c35faef23d","root":"call-01a227d8dd8a1b8c19c35faef23d","at":1795964863.0476062,"sequence":0,"tag":"","task":"task-01a227d90239b4a11121ef5d8f27","kind":"hang_up","outcome":{"type":"completed","result":{"type":"done"}}}');
INSERT INTO "events" VALUES(22,'event-01a227d90251896a5978bf53008c','call-01a227d8dd8a1b8c19c35faef23d',11,'call-01a227d8dd8a1b8c19c35faef23d','account-01a227ca69ed2d669bc6e5390e0b','call_ended',1.79596486305762171e+09,'{"event":"call_ended","id":"event-01a227d90251896a5978bf53008c","account":"account-01a227ca69ed2d669bc6e5390e0b","subject":"call-01a227d8dd8a1b8c19c35faef23d","root":"call-01a227d8dd8a1b8c19c35faef23d","at":1795964863.0576217,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:45657/callback\"}","cause":"normal","hung_up_by":"us","answered":true,"seconds":9.306544542312622,"price":0,"currency":"USD","sip_status":null}');
INSERT INTO "events" VALUES(23,'event-01a227d9c2cbac912335518673b1','call-01a227d9c2bbbce8aa819c09dc12',1,'call-01a227d9c2bbbce8aa819c09dc12','account-01a227d97fc908820e62fc8ae201','call_dialing',1.79596491233111047e+09,'{"event":"call_dialing","id":"event-01a227d9c2cbac912335518673b1","account":"account-01a227d97fc908820e62fc8ae201","subject":"call-01a227d9c2bbbce8aa819c09dc12","root":"call-01a227d9c2bbbce8aa819c09dc12","at":1795964912.3311105,"sequence":0,"tag":"","trunk":"lab"}');
INSERT INTO "events" VALUES(24,'event-01a227d9c2f95594fb462a9e3559','call-01a227d9c2bbbce8aa819c09dc12',2,'call-01a227d9c2bbbce8aa819c09dc12','account-01a227d97fc908820e62fc8ae201','call_answered',1.79596491237790083e+09,'{"event":"call_answered","id":"event-01a227d9c2f95594fb462a9e3559","account":"account-01a227d97fc908820e62fc8ae201","subject":"call-01a227d9c2bbbce8aa819c09dc12","root":"call-01a227d9c2bbbce8aa819c09dc12","at":1795964912.3779008,"sequence":0,"tag":""}');
INSERT INTO "events" VALUES(25,'event-01a227d9c642b5f34379e8fa5437','call-01a227d9c2bbbce8aa819c09dc12',3,'call-01a227d9c2bbbce8aa819c09dc12','account-01a227d97fc908820e62fc8ae201','task_started',1.79596491321820139e+09,'{"event":"task_started","id":"event-01a227d9c642b5f34379e8fa5437","account":"account-01a227d97fc908820e62fc8ae201","subject":"call-01a227d9c2bbbce8aa819c09dc12","root":"call-01a227d9c2bbbce8aa819c09dc12","at":1795964913.2182014,"sequence":0,"tag":"","task":"task-01a227d9c2c1de732222979e1e2f","kind":"say"}');
INSERT INTO "events" VALUES(26,'event-01a227d9ca12cfe78030aa9801a0','call-01a227d9c2bbbce8aa819c09dc12',4,'call-01a227d9c2bbbce8aa819c09dc12','account-01a227d97fc908820e62fc8ae201','task_ended',1.7959649141941154e+09,'{"event":"task_ended","id":"event-01a227d9ca12cfe78030aa9801a0","account":"account-01a227d97fc908820e62fc8ae201","subject":"call-01a227d9c2bbbce8aa819c09dc12","root":"call-01a227d9c2bbbce8aa819c09dc12","at":1795964914.1941154,"sequence":0,"tag":"","task":"task-01a227d9c2c1de732222979e1e2f","kind":"say","outcome":{"type":"completed","result":{"type":"done"}}}');
INSERT INTO "events" VALUES(27,'event-01a227d9ca139be745196e60bae6','call-01a227d9c2bbbce8aa819c09dc12',5,'call-01a227d9c2bbbce8aa819c09dc12','account-01a227d97fc908820e62fc8ae201','task_ended',1.79596491419560647e+09,'{"event":"task_ended","id":"event-01a227d9ca139be745196e60bae6","account":"account-01a227d97fc908820e62fc8ae201","subject":"call-01a227d9c2bbbce8aa819c09dc12","root":"call-01a227d9c2bbbce8aa819c09dc12","at":1795964914.1956065,"sequence":0,"tag":"","task":"task-01a227d9c2c1632fc9c754248e0a","kind":"hang_up","outcome":{"type":"completed","result":{"type":"done"}}}');
INSERT INTO "events" VALUES(28,'event-01a227d9ca15782391cf72121456','call-01a227d9c2bbbce8aa819c09dc12',6,'call-01a227d9c2bbbce8aa819c09dc12','account-01a227d97fc908820e62fc8ae201','call_ended',1.79596491419788765e+09,'{"event":"call_ended","id":"event-01a227d9ca15782391cf72121456","account":"account-01a227d97fc908820e62fc8ae201","subject":"call-01a227d9c2bbbce8aa819c09dc12","root":"call-01a227d9c2bbbce8aa819c09dc12","at":1795964914.1978877,"sequence":0,"tag":"","cause":"normal","hung_up_by":"us","answered":true,"seconds":1.819791316986084,"price":12000,"currency":"USD","sip_status":null}');
INSERT INTO "events" VALUES(29,'event-01a227d9fc8a906365d438bf892b','call-01a227d9fc87a54e39839afc1214',1,'call-01a227d9fc87a54e39839afc1214','account-01a227d97fc908820e62fc8ae201','call_dialing',1.79596492711418557e+09,'{"event":"call_dialing","id":"event-01a227d9fc8a906365d438bf892b","account":"account-01a227d97fc908820e62fc8ae201","subject":"call-01a227d9fc87a54e39839afc1214","root":"call-01a227d9fc87a54e39839afc1214","at":1795964927.1141856,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:9/ringful\"}","trunk":"lab"}');
INSERT INTO "events" VALUES(30,'event-01a227d9fc915fe91caace580add','call-01a227d9fc87a54e39839afc1214',2,'call-01a227d9fc87a54e39839afc1214','account-01a227d97fc908820e62fc8ae201','call_answered',1.7959649271212387e+09,'{"event":"call_answered","id":"event-01a227d9fc915fe91caace580add","account":"account-01a227d97fc908820e62fc8ae201","subject":"call-01a227d9fc87a54e39839afc1214","root":"call-01a227d9fc87a54e39839afc1214","at":1795964927.1212387,"sequence":0,"tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:9/ringful\"}"}');
CREATE TABLE "extensions" (
	number VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	password VARCHAR NOT NULL, 
	application VARCHAR, 
	CONSTRAINT extensions_key PRIMARY KEY (number), 
	CONSTRAINT extensions_to_accounts_by_account FOREIGN KEY(account) REFERENCES accounts (id), 
	CONSTRAINT extensions_to_applications_by_application FOREIGN KEY(application) REFERENCES applications (id)
);
INSERT INTO "extensions" VALUES('100','account-01a227ca69ed2d669bc6e5390e0b','First phone','password-of-100',NULL);
INSERT INTO "extensions" VALUES('101','account-01a227ca69ed2d669bc6e5390e0b','Second phone','password-of-101',NULL);
INSERT INTO "extensions" VALUES('200','account-01a227d97fc908820e62fc8ae201','Front','password-of-200',NULL);
CREATE TABLE holds (
	kind VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	at FLOAT NOT NULL, 
	amount INTEGER NOT NULL, 
	terms TEXT, 
	note VARCHAR NOT NULL, 
	CONSTRAINT holds_key PRIMARY KEY (kind, id), 
	CONSTRAINT holds_to_accounts_by_account FOREIGN KEY(account) REFERENCES accounts (id)
);
INSERT INTO "holds" VALUES('call','call-01a227d9fc87a54e39839afc1214','account-01a227d97fc908820e62fc8ae201',1.7959649271131587e+09,36000,'{"prefix":"1","currency":"USD","per_minute":12000,"first":60,"next":6,"account":""}','call to 12015550115');
CREATE TABLE "ledger" (
	id VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	at FLOAT NOT NULL, 
	amount INTEGER NOT NULL, 
	subject VARCHAR, 
	note VARCHAR NOT NULL, 
	kind VARCHAR, 
	CONSTRAINT ledger_key PRIMARY KEY (id), 
	CONSTRAINT ledger_to_accounts_by_account FOREIGN KEY(account) REFERENCES accounts (id), 
	CONSTRAINT ledger_by_kind_subject UNIQUE (kind, subject)
);
INSERT INTO "ledger" VALUES('entry-01a227d98a3cf646095abda010c1','account-01a227d97fc908820e62fc8ae201',1.79596489785279703e+09,12500000,NULL,'',NULL);
INSERT INTO "ledger" VALUES('entry-01a227d9ca198f1a0034e782fbdc','account-01a227d97fc908820e62fc8ae201',1.7959649141977005e+09,-12000,'call-01a227d9c2bbbce8aa819c09dc12','call to 12015550115','call');
CREATE TABLE "numbers" (
	number VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	application VARCHAR, 
	capability VARCHAR DEFAULT 'voice' NOT NULL, 
	CONSTRAINT numbers_key PRIMARY KEY (number, capability), 
	CONSTRAINT numbers_to_applications_by_application FOREIGN KEY(application) REFERENCES applications (id), 
	CONSTRAINT numbers_to_accounts_by_account FOREIGN KEY(account) REFERENCES accounts (id)
);
INSERT INTO "numbers" VALUES('12015552000','account-01a227ca69ed2d669bc6e5390e0b','app-01a227ca69eef46251eca243ae8a','voice');
INSERT INTO "numbers" VALUES('500','account-01a227ca69ed2d669bc6e5390e0b','app-01a227ca6a070172de49577c0a53','voice');
INSERT INTO "numbers" VALUES('12015552001','account-01a227d97fc908820e62fc8ae201','app-01a227d97fcce3787b1ce1e444ef','voice');
INSERT INTO "numbers" VALUES('12015557701','account-01a227d97fc908820e62fc8ae201','app-01a227d99b9e5699f2fa84962ac8','voice');
INSERT INTO "numbers" VALUES('12015557702','account-01a227d97fc908820e62fc8ae201','app-01a227d9a18743b17be48aacc01b','voice');
INSERT INTO "numbers" VALUES('12015557703','account-01a227d97fc908820e62fc8ae201','app-01a227d9b0c844dcbc029ec49731','voice');
INSERT INTO "numbers" VALUES('12015557704','account-01a227d97fc908820e62fc8ae201',NULL,'voice');
CREATE TABLE owners (
	ari_application VARCHAR NOT NULL, 
	epoch INTEGER NOT NULL, seen FLOAT, 
	CONSTRAINT owners_key PRIMARY KEY (ari_application)
);
INSERT INTO "owners" VALUES('carillon-0',2,1.79596493994820737e+09);
CREATE TABLE participants (
	conference VARCHAR NOT NULL, 
	call VARCHAR NOT NULL, 
	task VARCHAR NOT NULL, 
	joined FLOAT NOT NULL, 
	"left" FLOAT, muted BOOLEAN DEFAULT 0 NOT NULL, held BOOLEAN DEFAULT 0 NOT NULL, hold_music VARCHAR, 
	CONSTRAINT participants_key PRIMARY KEY (conference, call, task)
);
CREATE TABLE question_attempts (
	id VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	root VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	question VARCHAR NOT NULL, 
	dialect VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	url TEXT NOT NULL, 
	at FLOAT NOT NULL, 
	seconds FLOAT NOT NULL, 
	status INTEGER, 
	error TEXT, 
	asked TEXT NOT NULL, 
	answered TEXT, 
	answered_bytes INTEGER, 
	CONSTRAINT question_attempts_key PRIMARY KEY (id)
);
CREATE TABLE "rates" (
	prefix VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	per_minute INTEGER NOT NULL, 
	first INTEGER NOT NULL, 
	next INTEGER NOT NULL, 
	account VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT rates_key PRIMARY KEY (account, prefix, currency)
);
INSERT INTO "rates" VALUES('1','USD',12000,60,6,'');
INSERT INTO "rates" VALUES('44','USD',20000,1,1,'');
CREATE TABLE recordings (
	id VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	owner VARCHAR NOT NULL, 
	task VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	created FLOAT NOT NULL, 
	seconds FLOAT, 
	bytes INTEGER, 
	deleted FLOAT, format VARCHAR DEFAULT 'wav' NOT NULL, destination VARCHAR DEFAULT '' NOT NULL, notify BOOLEAN DEFAULT 0 NOT NULL, available FLOAT, error TEXT, 
	CONSTRAINT recordings_key PRIMARY KEY (id)
);
INSERT INTO "recordings" VALUES('rec-01a227ca6f1907820f7d6a4df92d','account-01a227ca69ed2d669bc6e5390e0b','call-01a227ca6ece24bbc50e549911e5','task-01a227ca6f1907820f7d6a4df92d','call-01a227ca6ece24bbc50e549911e5',1.79596391112551116e+09,6.0,96044,NULL,'wav','',0,NULL,NULL);
INSERT INTO "recordings" VALUES('rec-01a227d8de10114d00e174a911a1','account-01a227ca69ed2d669bc6e5390e0b','call-01a227d8dd8a1b8c19c35faef23d','task-01a227d8de10114d00e174a911a1','call-01a227d8dd8a1b8c19c35faef23d',1.7959648570152297e+09,5.98,95724,NULL,'wav','',0,NULL,NULL);
CREATE TABLE tasks (
	id VARCHAR NOT NULL, 
	owner VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	parameters TEXT NOT NULL, 
	state VARCHAR NOT NULL, 
	phase VARCHAR NOT NULL, 
	queued FLOAT NOT NULL, 
	begun FLOAT, 
	started FLOAT, 
	ended FLOAT, 
	outcome TEXT, 
	CONSTRAINT tasks_key PRIMARY KEY (id), 
	CONSTRAINT tasks_by_owner_position UNIQUE (owner, position)
);
INSERT INTO "tasks" VALUES('task-01a227ca6f003282bc9f8229aba3','call-01a227ca6ece24bbc50e549911e5',1,'play','{"kind":"play","id":"task-01a227ca6f003282bc9f8229aba3","tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:40497/callback\",\"data\":{\"announcement\":\"http://127.0.0.1:40497/prompt.wav\"}}","wait":true,"source":"http://127.0.0.1:40497/prompt.wav"}','completed','accepted',1.79596390784033274e+09,1.7959639078656938e+09,1.79596390787169957e+09,1.79596390947137403e+09,'{"type":"completed","result":{"type":"done"}}');
INSERT INTO "tasks" VALUES('task-01a227ca6f13fe752675339cfd2b','call-01a227ca6ece24bbc50e549911e5',2,'wait_for_digits','{"kind":"wait_for_digits","id":"task-01a227ca6f13fe752675339cfd2b","tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:40497/callback\"}","accept":["1"],"count":1,"terminator":"","seconds":null,"barge_in":false,"hang_up_on_timeout":false,"typed_ahead":false,"secret":false}','completed','none',1.79596390785953235e+09,1.79596390947145986e+09,1.79596390947347855e+09,1.79596391112375092e+09,'{"type":"completed","result":{"type":"digits","digits":"1","timed_out":false,"secret":false}}');
INSERT INTO "tasks" VALUES('task-01a227ca6f1907820f7d6a4df92d','call-01a227ca6ece24bbc50e549911e5',3,'record','{"kind":"record","id":"task-01a227ca6f1907820f7d6a4df92d","tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:40497/callback\"}","name":"call-01a227ca6ece24bbc50e549911e5","max_seconds":null,"max_silence":null,"terminator":"","both_sides":false,"format":"wav","destination":"","credentials":null,"notify":false}','completed','accepted',1.79596390786541485e+09,1.79596391112378931e+09,1.79596391113142466e+09,1.7959639171464045e+09,'{"type":"completed","result":{"type":"recorded","recording":"rec-01a227ca6f1907820f7d6a4df92d","name":"call-01a227ca6ece24bbc50e549911e5","seconds":6.0}}');
INSERT INTO "tasks" VALUES('task-01a227ca9357258540d6da03e704','call-01a227ca6ece24bbc50e549911e5',4,'hang_up','{"kind":"hang_up","id":"task-01a227ca9357258540d6da03e704","tag":"","cause":"normal"}','completed','none',1.79596391714337492e+09,1.79596391714562392e+09,NULL,1.79596391715182685e+09,'{"type":"completed","result":{"type":"done"}}');
INSERT INTO "tasks" VALUES('task-01a227d8dded919d9698a1629281','call-01a227d8dd8a1b8c19c35faef23d',1,'play','{"kind":"play","id":"task-01a227d8dded919d9698a1629281","tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:45657/callback\",\"data\":{\"announcement\":\"http://127.0.0.1:45657/prompt.wav\"}}","wait":true,"source":"http://127.0.0.1:45657/prompt.wav"}','completed','accepted',1.79596485374146175e+09,1.79596485375546813e+09,1.79596485378026223e+09,1.79596485538137674e+09,'{"type":"completed","result":{"type":"done"}}');
INSERT INTO "tasks" VALUES('task-01a227d8de0621453b98c2442ab8','call-01a227d8dd8a1b8c19c35faef23d',2,'wait_for_digits','{"kind":"wait_for_digits","id":"task-01a227d8de0621453b98c2442ab8","tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:45657/callback\"}","accept":["1"],"count":1,"terminator":"","seconds":null,"barge_in":false,"hang_up_on_timeout":false,"typed_ahead":false,"secret":false}','completed','none',1.79596485376649808e+09,1.79596485538147091e+09,1.79596485538330817e+09,1.79596485701402711e+09,'{"type":"completed","result":{"type":"digits","digits":"1","timed_out":false,"secret":false}}');
INSERT INTO "tasks" VALUES('task-01a227d8de10114d00e174a911a1','call-01a227d8dd8a1b8c19c35faef23d',3,'record','{"kind":"record","id":"task-01a227d8de10114d00e174a911a1","tag":"{\"dialect\":\"ringful\",\"url\":\"http://127.0.0.1:45657/callback\"}","name":"call-01a227d8dd8a1b8c19c35faef23d","max_seconds":null,"max_silence":null,"terminator":"","both_sides":false,"format":"wav","destination":"","credentials":null,"notify":false}','completed','accepted',1.79596485377681922e+09,1.79596485701405215e+09,1.79596485702123928e+09,1.7959648630364685e+09,'{"type":"completed","result":{"type":"recorded","recording":"rec-01a227d8de10114d00e174a911a1","name":"call-01a227d8dd8a1b8c19c35faef23d","seconds":5.98}}');
INSERT INTO "tasks" VALUES('task-01a227d90239b4a11121ef5d8f27','call-01a227d8dd8a1b8c19c35faef23d',4,'hang_up','{"kind":"hang_up","id":"task-01a227d90239b4a11121ef5d8f27","tag":"","cause":"normal"}','completed','none',1.7959648630339179e+09,1.79596486303481674e+09,NULL,1.79596486304759192e+09,'{"type":"completed","result":{"type":"done"}}');
INSERT INTO "tasks" VALUES('task-01a227d9c2c1de732222979e1e2f','call-01a227d9c2bbbce8aa819c09dc12',1,'say','{"kind":"say","id":"task-01a227d9c2c1de732222979e1e2f","tag":"","wait":true,"text":"Hello","locale":"en-US","voice":null,"ssml":false}','completed','accepted',1.79596491232185721e+09,1.79596491237802028e+09,1.79596491321818232e+09,1.7959649141940906e+09,'{"type":"completed","result":{"type":"done"}}');
INSERT INTO "tasks" VALUES('task-01a227d9c2c1632fc9c754248e0a','call-01a227d9c2bbbce8aa819c09dc12',2,'hang_up','{"kind":"hang_up","id":"task-01a227d9c2c1632fc9c754248e0a","tag":"","cause":"normal"}','completed','none',1.79596491232185721e+09,1.79596491419417786e+09,NULL,1.79596491419559407e+09,'{"type":"completed","result":{"type":"done"}}');
CREATE TABLE trunks (
	name VARCHAR NOT NULL, 
	host VARCHAR NOT NULL, 
	port INTEGER NOT NULL, 
	username VARCHAR, 
	password VARCHAR, 
	register BOOLEAN NOT NULL, 
	codecs VARCHAR NOT NULL, 
	dtmf VARCHAR NOT NULL, 
	prefix VARCHAR NOT NULL, 
	priority INTEGER NOT NULL, sources TEXT DEFAULT '' NOT NULL, country VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT trunks_key PRIMARY KEY (name)
);
INSERT INTO "trunks" VALUES('lab','127.0.0.2',5070,NULL,NULL,0,'ulaw,alaw','rfc4733','1201555,*',1000,'','');
INSERT INTO "trunks" VALUES('carrier','192.0.2.10',5060,'acme','carrier-pass-1',0,'ulaw,alaw','rfc4733','49',10,'','');
CREATE TABLE typed_ahead (
	position INTEGER NOT NULL, 
	call VARCHAR NOT NULL, 
	digit VARCHAR NOT NULL, 
	event VARCHAR NOT NULL, 
	CONSTRAINT typed_ahead_key PRIMARY KEY (position), 
	CONSTRAINT typed_ahead_by_event UNIQUE (event)
);
CREATE TABLE unmatched_calls (
	id VARCHAR NOT NULL, 
	at FLOAT NOT NULL, 
	trunk VARCHAR NOT NULL, 
	caller TEXT NOT NULL, 
	callee TEXT NOT NULL, 
	reason VARCHAR NOT NULL, 
	sip_call_id TEXT NOT NULL, 
	times INTEGER NOT NULL, 
	CONSTRAINT unmatched_calls_key PRIMARY KEY (id)
);
CREATE TABLE uploads (
	account VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	file VARCHAR NOT NULL, 
	digest VARCHAR NOT NULL, 
	bytes INTEGER NOT NULL, 
	seconds FLOAT NOT NULL, 
	created FLOAT NOT NULL, 
	CONSTRAINT uploads_key PRIMARY KEY (account, name), 
	CONSTRAINT uploads_to_accounts_by_account FOREIGN KEY(account) REFERENCES accounts (id)
);
INSERT INTO "uploads" VALUES('account-01a227d97fc908820e62fc8ae201','tone.wav','3e6bece0e8ccc884a06be0c23bb2d1a7','9f1a87b69ef9b30bb3c0147314e147ed39c7add1992818e5c1ae8fc3e036380a',16044,1.0,1.79596491050403237e+09);
CREATE INDEX calls_by_account ON calls (account, created);
CREATE INDEX calls_by_root ON calls (root);
CREATE INDEX calls_by_time ON calls (created);
CREATE INDEX calls_live ON calls (ari_application) WHERE ended IS NULL;
CREATE INDEX conferences_live ON conferences (ari_application) WHERE ended IS NULL;
CREATE INDEX deliveries_by_state ON deliveries (state, account);
CREATE INDEX deliveries_by_subject ON deliveries (subject);
CREATE INDEX events_by_subject ON events (subject);
CREATE INDEX recordings_by_account ON recordings (account);
CREATE INDEX recordings_by_owner ON recordings (owner);
CREATE INDEX applications_by_account ON applications (account);
CREATE INDEX credentials_by_account ON credentials (account);
CREATE INDEX numbers_by_account ON numbers (account);
CREATE UNIQUE INDEX conferences_by_name ON conferences (account, name) WHERE name IS NOT NULL AND ended IS NULL AND reason IS NULL;
CREATE INDEX extensions_by_account ON extensions (account);
CREATE INDEX holds_by_account ON holds (account);
CREATE INDEX ledger_by_account ON ledger (account, at);
CREATE INDEX question_attempts_by_root ON question_attempts (root);
CREATE INDEX unmatched_calls_by_time ON unmatched_calls (at);
CREATE INDEX typed_ahead_by_call ON typed_ahead (call);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',30);
COMMIT;
