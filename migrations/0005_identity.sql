CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`email_verified_at` integer,
	`name` text NOT NULL,
	`locale` text DEFAULT 'en' NOT NULL,
	`time_zone` text,
	`password_digest` text,
	`status` text NOT NULL,
	`created_at` integer NOT NULL,
	`rev` integer DEFAULT 1 NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_email` ON `accounts` (`email`);--> statement-breakpoint
CREATE TABLE `dev_mails` (
	`id` text PRIMARY KEY NOT NULL,
	`recipient` text NOT NULL,
	`subject` text NOT NULL,
	`body` text NOT NULL,
	`at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `identities` (
	`issuer` text NOT NULL,
	`subject` text NOT NULL,
	`account_id` text NOT NULL,
	`email_at_link` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`issuer`, `subject`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `identities_account` ON `identities` (`account_id`);--> statement-breakpoint
CREATE TABLE `one_time_codes` (
	`hash` text PRIMARY KEY NOT NULL,
	`purpose` text NOT NULL,
	`payload` text NOT NULL,
	`expires_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `one_time_codes_expires` ON `one_time_codes` (`expires_at`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`account_id` text NOT NULL,
	`host_org_id` text,
	`parent_id` text,
	`user_agent` text NOT NULL,
	`address` text NOT NULL,
	`created_at` integer NOT NULL,
	`seen_at` integer NOT NULL,
	`revoked_at` integer,
	`sign_out` text,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_token` ON `sessions` (`token_hash`);--> statement-breakpoint
CREATE INDEX `sessions_account` ON `sessions` (`account_id`);--> statement-breakpoint
CREATE INDEX `sessions_parent` ON `sessions` (`parent_id`);--> statement-breakpoint
CREATE TABLE `signing_keys` (
	`kid` text PRIMARY KEY NOT NULL,
	`public_jwk` text NOT NULL,
	`private_sealed` text NOT NULL,
	`created_at` integer NOT NULL,
	`active_from` integer NOT NULL,
	`expires_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `conversation_members` (
	`org_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`member_id` text NOT NULL,
	PRIMARY KEY(`org_id`, `conversation_id`, `member_id`)
) STRICT;
--> statement-breakpoint
CREATE INDEX `conversation_members_member` ON `conversation_members` (`org_id`,`member_id`);--> statement-breakpoint
CREATE TABLE `file_uses` (
	`org_id` text NOT NULL,
	`file_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	PRIMARY KEY(`org_id`, `file_id`, `conversation_id`)
) STRICT;
--> statement-breakpoint
CREATE TABLE `identity_providers` (
	`org_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`issuer` text NOT NULL,
	`client_id` text NOT NULL,
	`secret_sealed` text,
	`secret_last_four` text,
	`secret_updated_at` integer,
	`scopes` text DEFAULT 'openid profile email' NOT NULL,
	`groups_claim` text,
	`role_of_group` text DEFAULT '{}' NOT NULL,
	`enabled` integer NOT NULL,
	`created_at` integer NOT NULL,
	`rev` integer DEFAULT 1 NOT NULL,
	PRIMARY KEY(`org_id`, `id`),
	FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE TABLE `api_keys` (
	`org_id` text NOT NULL,
	`id` text NOT NULL,
	`member_id` text NOT NULL,
	`name` text NOT NULL,
	`token_hash` text NOT NULL,
	`last_four` text NOT NULL,
	`scopes` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`last_used_at` integer,
	`revoked_at` integer,
	PRIMARY KEY(`org_id`, `id`),
	FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_token` ON `api_keys` (`org_id`,`token_hash`);--> statement-breakpoint
CREATE INDEX `api_keys_member` ON `api_keys` (`org_id`,`member_id`);--> statement-breakpoint
CREATE TABLE `credentials` (
	`org_id` text NOT NULL,
	`id` text NOT NULL,
	`subject` text NOT NULL,
	`subject_id` text NOT NULL,
	`secret_hash` text,
	`public_jwk` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	`revoked_at` integer,
	PRIMARY KEY(`org_id`, `id`),
	FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE TABLE `invitations` (
	`org_id` text NOT NULL,
	`id` text NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`spaces` text DEFAULT '[]' NOT NULL,
	`token_hash` text NOT NULL,
	`invited_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`accepted_at` integer,
	`revoked_at` integer,
	PRIMARY KEY(`org_id`, `id`),
	FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `invitations_token` ON `invitations` (`org_id`,`token_hash`);--> statement-breakpoint
CREATE TABLE `org_name_holds` (
	`slug` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`expires_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `socket_places` (
	`org_id` text NOT NULL,
	`member_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`org_id`, `member_id`, `conversation_id`)
) STRICT;
--> statement-breakpoint
CREATE INDEX `socket_places_conversation` ON `socket_places` (`org_id`,`conversation_id`);--> statement-breakpoint
CREATE TABLE `space_members` (
	`org_id` text NOT NULL,
	`space_id` text NOT NULL,
	`member_id` text NOT NULL,
	`role` text NOT NULL,
	PRIMARY KEY(`org_id`, `space_id`, `member_id`),
	FOREIGN KEY (`org_id`,`space_id`) REFERENCES `spaces`(`org_id`,`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`org_id`,`member_id`) REFERENCES `members`(`org_id`,`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
CREATE INDEX `space_members_member` ON `space_members` (`org_id`,`member_id`);--> statement-breakpoint
CREATE TABLE `spaces` (
	`org_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`visibility` text NOT NULL,
	`owner_id` text,
	`created_at` integer NOT NULL,
	`archived_at` integer,
	`rev` integer DEFAULT 1 NOT NULL,
	PRIMARY KEY(`org_id`, `id`),
	FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `spaces_owner` ON `spaces` (`org_id`,`owner_id`);--> statement-breakpoint
ALTER TABLE `conversations` ADD `space_id` text;--> statement-breakpoint
ALTER TABLE `members` ADD `account_id` text REFERENCES accounts(id);--> statement-breakpoint
ALTER TABLE `members` ADD `email` text;--> statement-breakpoint
ALTER TABLE `members` ADD `state` text DEFAULT 'active' NOT NULL;--> statement-breakpoint
ALTER TABLE `members` ADD `rev` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `members_account` ON `members` (`org_id`,`account_id`);--> statement-breakpoint
ALTER TABLE `orgs` ADD `deleting_at` integer;--> statement-breakpoint
ALTER TABLE `orgs` ADD `sign_up` text DEFAULT 'invitation' NOT NULL;--> statement-breakpoint
ALTER TABLE `orgs` ADD `sign_up_domains` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `orgs` ADD `link_by_email` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `orgs` ADD `rev` integer DEFAULT 1 NOT NULL;
--> statement-breakpoint
CREATE TRIGGER `conversation_members_org` BEFORE UPDATE OF `org_id` ON `conversation_members` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TRIGGER `file_uses_org` BEFORE UPDATE OF `org_id` ON `file_uses` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TRIGGER `identity_providers_org` BEFORE UPDATE OF `org_id` ON `identity_providers` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TRIGGER `api_keys_org` BEFORE UPDATE OF `org_id` ON `api_keys` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TRIGGER `credentials_org` BEFORE UPDATE OF `org_id` ON `credentials` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TRIGGER `invitations_org` BEFORE UPDATE OF `org_id` ON `invitations` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TRIGGER `socket_places_org` BEFORE UPDATE OF `org_id` ON `socket_places` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TRIGGER `space_members_org` BEFORE UPDATE OF `org_id` ON `space_members` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TRIGGER `spaces_org` BEFORE UPDATE OF `org_id` ON `spaces` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
