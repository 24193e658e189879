"""All that the first six migrations make, at once: a new database is there in half the time."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from users.indexes import SettleAll


class Migration(migrations.Migration):

    replaces = [('inference', '0001_initial'), ('inference', '0002_initial'), ('inference', '0003_statements'), ('inference', '0004_escalations_and_pauses'), ('inference', '0005_watched'), ('inference', '0006_closed_calls')]

    initial = True

    dependencies = [
        ('users', '0004_devices'),
    ]

    operations = [
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(max_length=40)),
                ('period', models.CharField(max_length=10)),
                ('limit', models.BigIntegerField()),
                ('settled', models.BigIntegerField(default=0)),
                ('held', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('scope', 'period'), name='one_budget_per_scope_and_period'), models.CheckConstraint(condition=models.Q(('held__gte', 0), ('limit__gte', 0), ('settled__gte', 0)), name='budget_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempt', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('work_key', models.CharField(max_length=200)),
                ('step', models.CharField(max_length=80)),
                ('number', models.PositiveIntegerField()),
                ('purpose', models.CharField(choices=[('fact_sheet', 'Fact Sheet'), ('brief', 'Brief'), ('repair', 'Repair'), ('lens', 'Lens'), ('converse', 'Converse'), ('embed', 'Embed')], max_length=20)),
                ('brief', models.CharField(blank=True, db_index=True, max_length=40)),
                ('provider', models.CharField(max_length=253)),
                ('model', models.CharField(max_length=200)),
                ('model_reported', models.CharField(blank=True, max_length=200)),
                ('tier', models.CharField(blank=True, max_length=20)),
                ('state', models.CharField(choices=[('reserved', 'Reserved'), ('sent', 'Sent'), ('settled', 'Settled'), ('released', 'Released'), ('unknown', 'Unknown'), ('trued_up', 'Trued Up')], default='reserved', max_length=10)),
                ('hold', models.BigIntegerField()),
                ('cost', models.BigIntegerField(blank=True, null=True)),
                ('prices', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, help_text='the price rows the cost was computed from', size=None)),
                ('usage', models.JSONField(blank=True, help_text='as the provider reported it', null=True)),
                ('input', models.BigIntegerField(blank=True, null=True)),
                ('cached', models.BigIntegerField(blank=True, null=True)),
                ('cache_write', models.BigIntegerField(blank=True, null=True)),
                ('output', models.BigIntegerField(blank=True, null=True)),
                ('reasoning', models.BigIntegerField(blank=True, null=True)),
                ('flags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, help_text='what an operator should look at', size=None)),
                ('request_id', models.CharField(blank=True, max_length=200)),
                ('finish_reason', models.CharField(blank=True, max_length=40)),
                ('error', models.TextField(blank=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('reserved_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('budgets', models.ManyToManyField(related_name='calls', to='inference.budget')),
                ('reader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='calls', to=settings.AUTH_USER_MODEL)),
                ('ask_again_at', models.DateTimeField(blank=True, help_text='until then the provider asked to be left alone', null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['reserved', 'sent'])), fields=['lease_until'], name='call_lease'), models.Index(condition=models.Q(('ask_again_at__isnull', False)), fields=['ask_again_at'], name='call_pause'), models.Index(condition=models.Q(('state', 'unknown')), fields=['reserved_at'], name='call_unknown'), models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['provider', 'model', '-closed_at', '-id'], name='call_closed')],
                'constraints': [models.UniqueConstraint(fields=('work_key', 'step', 'number'), name='one_call_per_attempt'), models.CheckConstraint(condition=models.Q(('hold__gte', 0)), name='hold_not_negative'), models.CheckConstraint(condition=models.Q(('cost__isnull', True), ('cost__gte', 0), _connector='OR'), name='cost_not_negative'), models.CheckConstraint(condition=models.Q(models.Q(('cost__isnull', False), ('state__in', ['settled', 'trued_up'])), models.Q(('cost__isnull', True), ('state__in', ['reserved', 'sent', 'released', 'unknown'])), _connector='OR'), name='cost_exactly_when_settled')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('transaction', models.UUIDField()),
                ('account', models.CharField(choices=[('allowed', 'Allowed'), ('held', 'Held'), ('suspense', 'Suspense'), ('spent', 'Spent')], max_length=10)),
                ('kind', models.CharField(choices=[('reserve', 'Reserve'), ('settle', 'Settle'), ('release', 'Release'), ('unknown', 'Unknown'), ('true_up', 'True Up')], max_length=10)),
                ('amount', models.BigIntegerField()),
                ('evidence', models.CharField(blank=True, max_length=500)),
                ('posted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='inference.call')),
            ],
            options={
                'verbose_name_plural': 'entries',
                'indexes': [models.Index(fields=['transaction'], name='entry_transaction')],
                'constraints': [models.UniqueConstraint(fields=('call', 'kind', 'account'), name='one_entry_per_call_kind_account')],
            },
        ),
        migrations.CreateModel(
            name='Escalation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work_key', models.CharField(max_length=200)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Price',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(help_text='the host of the base URL', max_length=253)),
                ('model', models.CharField(max_length=200)),
                ('tier', models.CharField(default='default', max_length=20)),
                ('axis', models.CharField(choices=[('input', 'Input'), ('cached', 'Cached'), ('cache_write', 'Cache Write'), ('output', 'Output'), ('reasoning', 'Reasoning')], max_length=12)),
                ('nano_per_million', models.BigIntegerField()),
                ('valid_from', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('valid_until', models.DateTimeField(blank=True, null=True)),
                ('source', models.CharField(max_length=300)),
                ('read_on', models.DateField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('nano_per_million__gte', 0)), name='price_not_negative'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.Func(models.F('axis'), models.Func(models.F('tier'), models.Func(models.F('model'), models.Func(models.F('provider'), models.Value(0), function='hashtextextended', output_field=models.BigIntegerField()), function='hashtextextended', output_field=models.BigIntegerField()), function='hashtextextended', output_field=models.BigIntegerField()), function='hashtextextended', output_field=models.BigIntegerField()), models.Func(models.F('axis'), models.Func(models.F('tier'), models.Func(models.F('model'), models.Func(models.F('provider'), models.Value(0), function='hashtextextended', output_field=models.BigIntegerField()), function='hashtextextended', output_field=models.BigIntegerField()), function='hashtextextended', output_field=models.BigIntegerField()), function='hashtextextended', output_field=models.BigIntegerField()), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_until'), function='tstzrange'), '&&')], name='one_price_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=253)),
                ('day', models.DateField()),
                ('model', models.CharField(blank=True, max_length=200)),
                ('ours', models.BigIntegerField()),
                ('theirs', models.BigIntegerField()),
                ('agreed', models.BooleanField()),
                ('note', models.CharField(blank=True, max_length=300)),
                ('evidence', models.JSONField(help_text="the report's own lines")),
                ('read_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('provider', 'day', 'model'), name='one_statement_per_day_and_model')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='call',
            trigger=pgtrigger.compiler.Trigger(name='call_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='f14d2e79a27a0281484251d5ab4a1feedcbf1b18', operation='DELETE', pgid='pgtrigger_call_stays_13356', table='inference_call', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='136bfb65f7ef5c0bb23a748ff52aaf60398031d6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_971e5', table='inference_entry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entry',
            trigger=pgtrigger.compiler.Trigger(name='sums_to_zero', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n                IF (SELECT sum(amount) FROM inference_entry WHERE transaction = NEW.transaction) <> 0 THEN\n                    RAISE EXCEPTION 'ledger transaction % does not sum to zero', NEW.transaction\n                        USING ERRCODE = 'check_violation';\n                END IF;\n                RETURN NULL;\n                ", hash='1dca53ad98257b107338f20d9c1dedbd4ccf6f43', operation='INSERT', pgid='pgtrigger_sums_to_zero_e6b4e', table='inference_entry', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='price',
            trigger=pgtrigger.compiler.Trigger(name='price_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='2e6a5621880a448a02c5f7d31c6574fce3801ef6', operation='DELETE', pgid='pgtrigger_price_stays_7213d', table='inference_price', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='price',
            trigger=pgtrigger.compiler.Trigger(name='price_is_history', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."provider" IS DISTINCT FROM (NEW."provider") OR OLD."model" IS DISTINCT FROM (NEW."model") OR OLD."tier" IS DISTINCT FROM (NEW."tier") OR OLD."axis" IS DISTINCT FROM (NEW."axis") OR OLD."nano_per_million" IS DISTINCT FROM (NEW."nano_per_million") OR OLD."valid_from" IS DISTINCT FROM (NEW."valid_from") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."read_on" IS DISTINCT FROM (NEW."read_on"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='a84c64f9bd2ce6efa0650483cf64466e12f1774b', operation='UPDATE', pgid='pgtrigger_price_is_history_20125', table='inference_price', when='BEFORE')),
        ),
        SettleAll(),
    ]
