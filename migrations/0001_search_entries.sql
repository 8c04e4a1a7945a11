CREATE TABLE `search_entries` (
	`org_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`seq` integer NOT NULL,
	`kind` text NOT NULL,
	`text` text NOT NULL,
	`at` integer NOT NULL,
	`rev` integer NOT NULL,
	PRIMARY KEY(`org_id`, `conversation_id`, `seq`),
	FOREIGN KEY (`org_id`,`conversation_id`) REFERENCES `conversations`(`org_id`,`id`) ON UPDATE no action ON DELETE cascade
);
