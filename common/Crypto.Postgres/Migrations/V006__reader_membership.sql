-- Whoever made the roles may give them but, where he is no superuser, not take them himself. The query service often has no
-- other user; it lays its right to write down by taking crypto_reader.
do $$
begin
    if not (select rolsuper from pg_roles where rolname = current_user) then
        execute format('grant crypto_reader to %I', current_user);
    end if;
exception
    when insufficient_privilege or undefined_object then raise notice 'crypto_reader is not given to %: its owner may', current_user;
    when unique_violation or internal_error then null; -- Another database of this server was faster.
end $$;
