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
--> statement-breakpoint
CREATE TRIGGER `org_keys_org` BEFORE UPDATE OF `org_id` ON `org_keys` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
-- The tables of tenants that are older than the rule are made again as it wants them: STRICT, and no row changes its org. What
-- refers to another table follows it: dropping a table deletes what goes with its rows.
CREATE TABLE `__new_repositories` (
	`org_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`clone_url` text NOT NULL,
	`default_branch` text NOT NULL,
	`created_at` integer NOT NULL,
	`allowed_hosts` text DEFAULT '[]' NOT NULL,
	PRIMARY KEY(`org_id`, `id`),
	FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_repositories` (`org_id`, `id`, `name`, `clone_url`, `default_branch`, `created_at`, `allowed_hosts`)
SELECT `org_id`, `id`, `name`, `clone_url`, `default_branch`, `created_at`, `allowed_hosts` FROM `repositories`;
--> statement-breakpoint
DROP TABLE `repositories`;
--> statement-breakpoint
ALTER TABLE `__new_repositories` RENAME TO `repositories`;
--> statement-breakpoint
CREATE UNIQUE INDEX `repositories_clone_url` ON `repositories` (`org_id`,`clone_url`);
--> statement-breakpoint
CREATE TRIGGER `repositories_org` BEFORE UPDATE OF `org_id` ON `repositories` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TABLE `__new_providers` (
	`org_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`slug` text NOT NULL,
	`base_url` text,
	`models` text NOT NULL,
	`enabled` integer NOT NULL,
	`key_sealed` text,
	`key_last_four` text,
	`key_updated_at` integer,
	`rev` integer NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`org_id`, `id`),
	FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_providers` (`org_id`, `id`, `kind`, `name`, `slug`, `base_url`, `models`, `enabled`, `key_sealed`, `key_last_four`, `key_updated_at`, `rev`, `created_at`)
SELECT `org_id`, `id`, `kind`, `name`, `slug`, `base_url`, `models`, `enabled`, `key_sealed`, `key_last_four`, `key_updated_at`, `rev`, `created_at` FROM `providers`;
--> statement-breakpoint
DROP TABLE `providers`;
--> statement-breakpoint
ALTER TABLE `__new_providers` RENAME TO `providers`;
--> statement-breakpoint
CREATE UNIQUE INDEX `providers_slug` ON `providers` (`org_id`,`slug`);
--> statement-breakpoint
CREATE TRIGGER `providers_org` BEFORE UPDATE OF `org_id` ON `providers` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TABLE `__new_files` (
	`org_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`mime` text NOT NULL,
	`size` integer NOT NULL,
	`owner_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`org_id`, `id`),
	FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_files` (`org_id`, `id`, `name`, `mime`, `size`, `owner_id`, `created_at`)
SELECT `org_id`, `id`, `name`, `mime`, `size`, `owner_id`, `created_at` FROM `files`;
--> statement-breakpoint
DROP TABLE `files`;
--> statement-breakpoint
ALTER TABLE `__new_files` RENAME TO `files`;
--> statement-breakpoint
CREATE TRIGGER `files_org` BEFORE UPDATE OF `org_id` ON `files` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TABLE `__new_idempotency` (
	`org_id` text NOT NULL,
	`member_id` text NOT NULL,
	`key` text NOT NULL,
	`digest` text NOT NULL,
	`answer` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`org_id`, `member_id`, `key`)
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_idempotency` (`org_id`, `member_id`, `key`, `digest`, `answer`, `created_at`)
SELECT `org_id`, `member_id`, `key`, `digest`, `answer`, `created_at` FROM `idempotency`;
--> statement-breakpoint
DROP TABLE `idempotency`;
--> statement-breakpoint
ALTER TABLE `__new_idempotency` RENAME TO `idempotency`;
--> statement-breakpoint
CREATE TRIGGER `idempotency_org` BEFORE UPDATE OF `org_id` ON `idempotency` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TABLE `__new_budgets` (
	`org_id` text PRIMARY KEY NOT NULL,
	`month_micro_usd` integer,
	`conversation_micro_usd` integer,
	`rev` integer NOT NULL,
	FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_budgets` (`org_id`, `month_micro_usd`, `conversation_micro_usd`, `rev`)
SELECT `org_id`, `month_micro_usd`, `conversation_micro_usd`, `rev` FROM `budgets`;
--> statement-breakpoint
DROP TABLE `budgets`;
--> statement-breakpoint
ALTER TABLE `__new_budgets` RENAME TO `budgets`;
--> statement-breakpoint
CREATE TRIGGER `budgets_org` BEFORE UPDATE OF `org_id` ON `budgets` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TABLE `__new_budget_leases` (
	`org_id` text NOT NULL,
	`call_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`run_id` text NOT NULL,
	`month` text NOT NULL,
	`micro_usd` integer NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`org_id`, `call_id`)
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_budget_leases` (`org_id`, `call_id`, `conversation_id`, `run_id`, `month`, `micro_usd`, `expires_at`)
SELECT `org_id`, `call_id`, `conversation_id`, `run_id`, `month`, `micro_usd`, `expires_at` FROM `budget_leases`;
--> statement-breakpoint
DROP TABLE `budget_leases`;
--> statement-breakpoint
ALTER TABLE `__new_budget_leases` RENAME TO `budget_leases`;
--> statement-breakpoint
CREATE INDEX `budget_leases_expires` ON `budget_leases` (`org_id`,`expires_at`);
--> statement-breakpoint
CREATE TRIGGER `budget_leases_org` BEFORE UPDATE OF `org_id` ON `budget_leases` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TABLE `__new_conversation_budgets` (
	`org_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`limit_micro_usd` integer,
	`micro_usd` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`org_id`, `conversation_id`)
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_conversation_budgets` (`org_id`, `conversation_id`, `limit_micro_usd`, `micro_usd`)
SELECT `org_id`, `conversation_id`, `limit_micro_usd`, `micro_usd` FROM `conversation_budgets`;
--> statement-breakpoint
DROP TABLE `conversation_budgets`;
--> statement-breakpoint
ALTER TABLE `__new_conversation_budgets` RENAME TO `conversation_budgets`;
--> statement-breakpoint
CREATE TRIGGER `conversation_budgets_org` BEFORE UPDATE OF `org_id` ON `conversation_budgets` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TABLE `__new_month_spendings` (
	`org_id` text NOT NULL,
	`month` text NOT NULL,
	`micro_usd` integer NOT NULL,
	PRIMARY KEY(`org_id`, `month`)
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_month_spendings` (`org_id`, `month`, `micro_usd`)
SELECT `org_id`, `month`, `micro_usd` FROM `month_spendings`;
--> statement-breakpoint
DROP TABLE `month_spendings`;
--> statement-breakpoint
ALTER TABLE `__new_month_spendings` RENAME TO `month_spendings`;
--> statement-breakpoint
CREATE TRIGGER `month_spendings_org` BEFORE UPDATE OF `org_id` ON `month_spendings` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TABLE `__new_conversation_reads` (
	`org_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`member_id` text NOT NULL,
	`seq` integer NOT NULL,
	PRIMARY KEY(`org_id`, `conversation_id`, `member_id`)
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_conversation_reads` (`org_id`, `conversation_id`, `member_id`, `seq`)
SELECT `org_id`, `conversation_id`, `member_id`, `seq` FROM `conversation_reads`;
--> statement-breakpoint
DROP TABLE `conversation_reads`;
--> statement-breakpoint
ALTER TABLE `__new_conversation_reads` RENAME TO `conversation_reads`;
--> statement-breakpoint
CREATE TRIGGER `conversation_reads_org` BEFORE UPDATE OF `org_id` ON `conversation_reads` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TABLE `__new_conversations` (
	`org_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`title` text NOT NULL,
	`repository_id` text,
	`repository_name` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`archived_at` integer,
	`run_status` text,
	`pending_asks` integer DEFAULT 0 NOT NULL,
	`last_seq` integer DEFAULT 0 NOT NULL,
	`preview` text DEFAULT '' NOT NULL,
	`input_tokens` integer DEFAULT 0 NOT NULL,
	`output_tokens` integer DEFAULT 0 NOT NULL,
	`cached_tokens` integer DEFAULT 0 NOT NULL,
	`cost_micro_usd` integer DEFAULT 0 NOT NULL,
	`space_id` text,
	PRIMARY KEY(`org_id`, `id`),
	FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_conversations` (`org_id`, `id`, `kind`, `title`, `repository_id`, `repository_name`, `created_by`, `created_at`, `updated_at`, `archived_at`, `run_status`, `pending_asks`, `last_seq`, `preview`, `input_tokens`, `output_tokens`, `cached_tokens`, `cost_micro_usd`, `space_id`)
SELECT `org_id`, `id`, `kind`, `title`, `repository_id`, `repository_name`, `created_by`, `created_at`, `updated_at`, `archived_at`, `run_status`, `pending_asks`, `last_seq`, `preview`, `input_tokens`, `output_tokens`, `cached_tokens`, `cost_micro_usd`, `space_id` FROM `conversations`;
--> statement-breakpoint
CREATE TABLE `__new_search_entries` (
	`org_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`seq` integer NOT NULL,
	`kind` text NOT NULL,
	`text` text NOT NULL,
	`at` integer NOT NULL,
	`rev` integer NOT NULL,
	PRIMARY KEY(`org_id`, `conversation_id`, `seq`),
	FOREIGN KEY (`org_id`,`conversation_id`) REFERENCES `__new_conversations`(`org_id`,`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_search_entries` (`rowid`, `org_id`, `conversation_id`, `seq`, `kind`, `text`, `at`, `rev`)
SELECT `rowid`, `org_id`, `conversation_id`, `seq`, `kind`, `text`, `at`, `rev` FROM `search_entries`;
--> statement-breakpoint
DROP TABLE `search_entries`;
--> statement-breakpoint
DROP TABLE `conversations`;
--> statement-breakpoint
ALTER TABLE `__new_conversations` RENAME TO `conversations`;
--> statement-breakpoint
CREATE INDEX `conversations_updated` ON `conversations` (`org_id`,`updated_at`,`id`);
--> statement-breakpoint
CREATE TRIGGER `conversations_org` BEFORE UPDATE OF `org_id` ON `conversations` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
ALTER TABLE `__new_search_entries` RENAME TO `search_entries`;
--> statement-breakpoint
CREATE TRIGGER `search_entries_inserted` AFTER INSERT ON `search_entries` BEGIN
	INSERT INTO `search_fts` (`rowid`, `org_id`, `text`) VALUES (new.`rowid`, new.`org_id`, new.`text`);
END;
--> statement-breakpoint
CREATE TRIGGER `search_entries_deleted` AFTER DELETE ON `search_entries` BEGIN
	INSERT INTO `search_fts` (`search_fts`, `rowid`, `org_id`, `text`) VALUES ('delete', old.`rowid`, old.`org_id`, old.`text`);
END;
--> statement-breakpoint
CREATE TRIGGER `search_entries_updated` AFTER UPDATE OF `text` ON `search_entries` BEGIN
	INSERT INTO `search_fts` (`search_fts`, `rowid`, `org_id`, `text`) VALUES ('delete', old.`rowid`, old.`org_id`, old.`text`);
	INSERT INTO `search_fts` (`rowid`, `org_id`, `text`) VALUES (new.`rowid`, new.`org_id`, new.`text`);
END;
--> statement-breakpoint
CREATE TRIGGER `search_entries_org` BEFORE UPDATE OF `org_id` ON `search_entries` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
CREATE TABLE `__new_members` (
	`org_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`agent_id` text,
	`created_at` integer NOT NULL,
	`account_id` text,
	`email` text,
	`state` text DEFAULT 'active' NOT NULL,
	`rev` integer DEFAULT 1 NOT NULL,
	PRIMARY KEY(`org_id`, `id`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`org_id`) REFERENCES `orgs`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_members` (`org_id`, `id`, `kind`, `name`, `role`, `agent_id`, `created_at`, `account_id`, `email`, `state`, `rev`)
SELECT `org_id`, `id`, `kind`, `name`, `role`, `agent_id`, `created_at`, `account_id`, `email`, `state`, `rev` FROM `members`;
--> statement-breakpoint
CREATE TABLE `__new_space_members` (
	`org_id` text NOT NULL,
	`space_id` text NOT NULL,
	`member_id` text NOT NULL,
	`role` text NOT NULL,
	PRIMARY KEY(`org_id`, `space_id`, `member_id`),
	FOREIGN KEY (`org_id`,`space_id`) REFERENCES `spaces`(`org_id`,`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`org_id`,`member_id`) REFERENCES `__new_members`(`org_id`,`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_space_members` (`org_id`, `space_id`, `member_id`, `role`)
SELECT `org_id`, `space_id`, `member_id`, `role` FROM `space_members`;
--> statement-breakpoint
DROP TABLE `space_members`;
--> statement-breakpoint
DROP TABLE `members`;
--> statement-breakpoint
ALTER TABLE `__new_members` RENAME TO `members`;
--> statement-breakpoint
CREATE INDEX `members_kind` ON `members` (`org_id`,`kind`);
--> statement-breakpoint
CREATE UNIQUE INDEX `members_account` ON `members` (`org_id`,`account_id`);
--> statement-breakpoint
CREATE TRIGGER `members_org` BEFORE UPDATE OF `org_id` ON `members` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
--> statement-breakpoint
ALTER TABLE `__new_space_members` RENAME TO `space_members`;
--> statement-breakpoint
CREATE INDEX `space_members_member` ON `space_members` (`org_id`,`member_id`);
--> statement-breakpoint
CREATE TRIGGER `space_members_org` BEFORE UPDATE OF `org_id` ON `space_members` BEGIN
	SELECT RAISE(ABORT, 'a row stays with its org');
END;
