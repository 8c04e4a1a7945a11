CREATE TABLE `org_keys` (
	`org_id` text NOT NULL,
	`id` text NOT NULL,
	`generation` integer NOT NULL,
	`wrapped` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`org_id`, `id`),
	FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `org_keys_generation` ON `org_keys` (`org_id`,`generation`);
--> statement-breakpoint
CREATE TABLE `system_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`generation` integer NOT NULL,
	`wrapped` text NOT NULL,
	`created_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `system_keys_generation` ON `system_keys` (`generation`);
